import { argon2, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CryptoError } from './errors.ts';

/** A secret under a passphrase, as it lies on disk. Bytes are base64. */
export interface SealedSecret {
  readonly kdf: 'argon2id';
  /** Memory in KiB, passes and lanes (RFC 9106). */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: string;
  readonly aead: 'aes-256-gcm';
  readonly nonce: string;
  /** The ciphertext, with the 16 bytes of the tag at its end. */
  readonly ciphertext: string;
}

/** RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes; a third of a second on one core. */
const COST = { memory: 64 * 1024, passes: 3, lanes: 4 } as const;

/** A file that asks for more would be a way to stop the signer: 1 GiB, and a minute. */
const COST_MAX = { memory: 1024 * 1024, passes: 16, lanes: 16 } as const;
/**
 * Bounds from below: a file with lower parameters was not written by us, and would make guessing cheap without
 * anybody noticing.
 */
const COST_MIN = { memory: 19 * 1024, passes: 2, lanes: 1 } as const;

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Anything shorter is guessed; a passphrase of words has more. */
export const PASSPHRASE_BYTES_MIN = 12;
export const PASSPHRASE_BYTES_MAX = 1_024;

/**
 * Seals `secret` under the passphrase. `bound` are the bytes that lie beside it in the clear and must not be changed:
 * opening needs the same bytes.
 * @throws CryptoError `CRYPTO_PASSPHRASE_REFUSED` for one that is too short or too long.
 */
export async function sealSecret(
  secret: Uint8Array,
  passphrase: Uint8Array,
  bound: Uint8Array,
): Promise<SealedSecret> {
  checkPassphrase(passphrase);
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const key = await derivedKey(passphrase, salt, COST);
  try {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return {
      kdf: 'argon2id',
      ...COST,
      salt: salt.toString('base64'),
      aead: 'aes-256-gcm',
      nonce: nonce.toString('base64'),
      ciphertext: ciphertext.toString('base64'),
    };
  } finally {
    key.fill(0);
  }
}

/**
 * The secret, in memory of its own that the caller clears.
 * @throws CryptoError `CRYPTO_SEAL_INVALID` for parameters that nobody should compute with, `CRYPTO_SEAL_BROKEN` when
 * the passphrase is another one or anything was changed: which of the two cannot be told.
 */
export async function openSecret(
  sealed: SealedSecret,
  passphrase: Uint8Array,
  bound: Uint8Array,
): Promise<Uint8Array> {
  const { salt, nonce, ciphertext } = checkedParts(sealed);
  const key = await derivedKey(passphrase, salt, sealed);
  // Memory of its own: the pool is shared, and V8 keeps an array of up to 64 bytes among its objects and moves it.
  const secret = Buffer.from(new ArrayBuffer(ciphertext.length - TAG_BYTES));
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(bound);
    decipher.setAuthTag(ciphertext.subarray(secret.length));
    const opened = decipher.update(ciphertext.subarray(0, secret.length));
    opened.copy(secret);
    opened.fill(0);
    decipher.final();
    return secret;
  } catch (cause) {
    secret.fill(0);
    const message = 'the key does not open: wrong passphrase, or its file was changed';
    throw new CryptoError(message, { code: 'CRYPTO_SEAL_BROKEN' }, { cause });
  } finally {
    key.fill(0);
  }
}

/** @throws CryptoError `CRYPTO_PASSPHRASE_REFUSED` for one that is too short or too long. */
export function checkPassphrase({ length }: Uint8Array): void {
  if (length >= PASSPHRASE_BYTES_MIN && length <= PASSPHRASE_BYTES_MAX) return;
  const message = `passphrase refused: expected ${PASSPHRASE_BYTES_MIN} to ${PASSPHRASE_BYTES_MAX} bytes`;
  throw new CryptoError(message, { code: 'CRYPTO_PASSPHRASE_REFUSED' });
}

function checkedParts(sealed: SealedSecret) {
  for (const name of ['memory', 'passes', 'lanes'] as const) {
    const value = sealed[name];
    if (!Number.isInteger(value) || value < COST_MIN[name] || value > COST_MAX[name]) {
      throw invalid(`${name} ${value} is not between ${COST_MIN[name]} and ${COST_MAX[name]}`);
    }
  }
  const salt = Buffer.from(sealed.salt, 'base64');
  const nonce = Buffer.from(sealed.nonce, 'base64');
  const ciphertext = Buffer.from(sealed.ciphertext, 'base64');
  if (salt.length < SALT_BYTES || nonce.length !== NONCE_BYTES || ciphertext.length <= TAG_BYTES) {
    throw invalid('salt, nonce or ciphertext has a size that we do not write');
  }
  return { salt, nonce, ciphertext };
}

function invalid(reason: string): CryptoError {
  return new CryptoError(`sealed key refused: ${reason}`, { code: 'CRYPTO_SEAL_INVALID' });
}

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** On libuv's thread pool. */
function derivedKey(passphrase: Uint8Array, salt: Buffer, cost: Cost): Promise<Buffer> {
  const { memory, passes, lanes: parallelism } = cost;
  const parameters = { message: passphrase, nonce: salt, parallelism, tagLength: KEY_BYTES, memory, passes };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
