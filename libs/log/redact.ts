import { LOG_LIMITS } from './limits.ts';
import type { LogField, LogFields } from './logger.ts';

const HIDDEN = '[hidden]';

/** Words that name a secret wherever they stand in a field name, camelCase or snake_case. */
const SECRET_WORDS = ['privatekey', 'secret', 'passphrase', 'password', 'mnemonic', 'keystore', 'seed'];

/** Names the logger itself writes: a field of that name would make the line say two things. */
const RESERVED = new Set(['level', 'time', 'message', 'service', 'error']);

/** Patterns of secrets in fields with innocent names (LOG-16). */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  // A key of conf.yaml: the base64 of 64 bytes.
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==/g, HIDDEN],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // User and password, or a token, in a URL.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${HIDDEN}@`],
];

/** Shorter than any of them. */
const SECRET_TEXT_CHARACTERS_MIN = 8;

/** Whether the value of a field of this name must never be printed. `publicKey` may, `key` may not. */
export function namesSecret(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return plain === 'key' || SECRET_WORDS.some((word) => plain.includes(word));
}

/** Fields as they may stand in a JSON line: secrets hidden, bigint as text, no clash with the logger's own names. */
export function printable(fields: LogFields): Record<string, Exclude<LogField, bigint>> {
  const safe: Record<string, Exclude<LogField, bigint>> = {};
  for (const [name, value] of Object.entries(fields)) {
    safe[RESERVED.has(name) ? `${name}_` : name] = namesSecret(name) ? HIDDEN : plain(value);
  }
  return safe;
}

/** A text without the secrets that can be told by their looks, and not longer than a line bears. */
export function printableText(text: string): string {
  if (text.length < SECRET_TEXT_CHARACTERS_MIN) return text;
  return withoutSecretTexts(text.length > LOG_LIMITS.textCharactersMax ? cut(text) : text);
}

/** A text of any length without the secrets that can be told by their looks. */
export function withoutSecretTexts(text: string): string {
  return SECRET_TEXTS.reduce((safe, [secret, replacement]) => safe.replaceAll(secret, replacement), text);
}

/** Cuts a text. A secret that is cut in two cannot be recognised any more, so its first part is removed too. */
function cut(text: string): string {
  const head = text.slice(0, LOG_LIMITS.textCharactersMax).replace(/[A-Za-z0-9+/=]{16,}$/, '');
  return `${head}… (${text.length} characters)`;
}

function plain(value: LogField): Exclude<LogField, bigint> {
  if (typeof value === 'string') return printableText(value);
  return typeof value === 'bigint' ? value.toString() : value;
}
