import { createPrivateKey, type KeyObject } from 'node:crypto';
import { namesSecret } from '#libs/log/redact.ts';

/** Shorter ones are no secrets, and stand in every text. */
const SECRET_BYTES_MIN = 6;
/** The halves of a key: its last bytes are the public key, which others may see. */
const KEY_BYTES_MIN = 32;

const PEM = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/g;
/** `name: value` and `"name": "value"`, as YAML, JSON and environment files have them. */
const NAMED_VALUE = /([A-Za-z][\w.-]{0,63})["']?[ \t]*[:=][ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',{}]+))/g;
/** User and password, or a token, in a URL. */
const URL_CREDENTIALS = /\b[a-z][a-z0-9+.-]*:\/\/([^\s/@"']+)@/gi;
const FILE_OF_ONE_SECRET = /passphrase|password|passwd|token|secret/i;

/** A file that may hold secrets. */
export interface SecretFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The secrets in a file as bytes: private keys in PEM, the values of fields that name a secret, the credentials of URLs, and all
 * of a file whose name says that it is one. Each secret found is looked for in all that leaves this machine.
 */
export function secretsIn({ name, text }: SecretFile): readonly Buffer[] {
  return [
    ...(FILE_OF_ONE_SECRET.test(name) ? [Buffer.from(text.trim())] : []),
    ...pemSecrets(text),
    ...namedSecrets(text),
    ...[...text.matchAll(URL_CREDENTIALS)].flatMap(([, user = '']) => credentials(user)),
  ].filter(({ length }) => length >= SECRET_BYTES_MIN);
}

/** The whole key and its numbers, and each line of its text: of a log the first lines may be cut off. */
function pemSecrets(text: string): readonly Buffer[] {
  return [...text.matchAll(PEM)].flatMap(([block, label = '', body = '']) => {
    const lines = body.split('\n').map((line) => line.trim());
    const der = Buffer.from(lines.join(''), 'base64');
    const told = lines.filter(({ length }) => length >= KEY_BYTES_MIN).map((line) => Buffer.from(line));
    return [der, ...told, ...numbersOf(`${block} ${label}PRIVATE KEY-----`)];
  });
}

/** The secret numbers of a key that OpenSSL knows; of any other the whole text is enough. */
function numbersOf(pem: string): readonly Buffer[] {
  const key = keyIn(pem);
  if (key === undefined) return [];
  try {
    const { d, p, q, dp, dq, qi } = key.export({ format: 'jwk' });
    return [d, p, q, dp, dq, qi].flatMap((number) =>
      number === undefined ? [] : [Buffer.from(number, 'base64url')],
    );
  } catch {
    return []; // A kind of key that has no such form.
  }
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // Sealed, or of a kind that this OpenSSL does not know.
  }
}

function namedSecrets(text: string): readonly Buffer[] {
  return [...text.matchAll(NAMED_VALUE)].flatMap(([, name = '', ...values]) => {
    const value = values.find((each) => each !== undefined) ?? '';
    return namesSecret(name) ? [Buffer.from(value), ...bytesOf(value)] : [];
  });
}

/** A key that is written in hex or base64, and the half of it that is secret. */
function bytesOf(value: string): readonly Buffer[] {
  const bytes = /^(?:[0-9a-f]{2})+$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64');
  if (bytes.length < KEY_BYTES_MIN) return [];
  return [bytes, bytes.subarray(0, bytes.length / 2)];
}

/** The password; without one the whole is a token. A URL has some characters of it written with a percent sign. */
function credentials(user: string): readonly Buffer[] {
  const [, ...rest] = user.split(':');
  const secret = rest.length === 0 ? user : rest.join(':');
  return [secret, plain(secret)].map((text) => Buffer.from(text));
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign of its own.
  }
}
