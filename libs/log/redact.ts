import type { LogField, LogFields } from './logger.ts';

const HIDDEN = '[hidden]';

/** Words that name a secret wherever they stand in a field name, camelCase or snake_case. */
const SECRET_WORDS = ['privatekey', 'secret', 'passphrase', 'password', 'mnemonic', 'keystore', 'seed'];

/** Names the logger itself writes: a field of that name would make the line say two things. */
const RESERVED = new Set(['level', 'time', 'message', 'service', 'error']);

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

function plain(value: LogField): Exclude<LogField, bigint> {
  return typeof value === 'bigint' ? value.toString() : value;
}
