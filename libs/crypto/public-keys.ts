import { createPublicKey, type KeyObject } from 'node:crypto';
import { assert } from '#libs/assert/assert.ts';
import type { SchemeName } from './parameter-sets.ts';

/**
 * Public keys as OpenSSL takes them, of one scheme. Making one costs a seventh of a verification, on the main thread, so the
 * keys that were asked for last are kept. A kept key is never derived from a secret one: a verification proves the public key.
 */
export class PublicKeys {
  readonly #scheme: SchemeName;
  readonly #capacity: number;
  /** By their bytes, in order of use: the first is forgotten next. */
  readonly #kept = new Map<string, KeyObject>();

  constructor(scheme: SchemeName, capacity: number) {
    assert(Number.isInteger(capacity) && capacity > 0, `capacity must be positive: ${capacity}`);
    this.#scheme = scheme;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The key with these bytes, which are all of its name. The caller has checked their number. */
  get(publicKey: Uint8Array): KeyObject {
    const bytes = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength);
    const name = bytes.toString('latin1');
    const key = this.#kept.get(name) ?? publicKeyObject(this.#scheme, bytes);
    this.#kept.delete(name);
    this.#kept.set(name, key);
    if (this.#kept.size > this.#capacity) this.#forgetOldest();
    return key;
  }

  #forgetOldest(): void {
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}

/** @throws when this Node and its OpenSSL do not know the scheme. */
export function publicKeyObject(scheme: SchemeName, key: Buffer): KeyObject {
  return createPublicKey({ key, format: 'raw-public', asymmetricKeyType: scheme });
}
