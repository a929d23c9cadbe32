import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { CryptoError } from '#libs/crypto/errors.ts';

const slow = promisify<Buffer, Buffer, number, Buffer>(scrypt);
const HASH_BYTES = 32;

interface Mark {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * PINs that tokens took since this process began, hashed. A login lasts until the process ends, also after the
 * key was locked: the token asks for no PIN any more and takes a wrong one, so the PIN is checked here.
 */
export class KnownPins {
  readonly #marks = new Map<string, Mark>();

  /** @throws CryptoError `CRYPTO_SEAL_BROKEN`. Knows nothing of a token that was not logged in to. */
  async check(token: string, pin: Buffer): Promise<void> {
    const mark = this.#marks.get(token);
    if (mark === undefined) return;
    if (timingSafeEqual(await slow(pin, mark.salt, HASH_BYTES), mark.hash)) return;
    const message = 'this is not the PIN of the token; if it was changed, start the signer again';
    throw new CryptoError(message, { code: 'CRYPTO_SEAL_BROKEN' });
  }

  /** Notes a PIN that the token took. */
  async learn(token: string, pin: Buffer): Promise<void> {
    const salt = randomBytes(HASH_BYTES);
    this.#marks.set(token, { salt, hash: await slow(pin, salt, HASH_BYTES) });
  }
}
