import { createHash } from 'node:crypto';
import { assert } from '#libs/assert/assert.ts';

/** A signature that somebody claims to have made. */
export interface SignatureClaim {
  /** Name of the scheme of the key. */
  readonly scheme: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Remembers which signatures were verified, so that none is verified twice: a vote that came alone comes again
 * inside a certificate, and the certificate comes from several members.
 *
 * Only successes are remembered. A false signature is free to vary: an attacker flips another bit each time, so
 * remembering failures would save no work and push out useful entries. The penalty of the sending peer bounds that
 * work.
 */
export class VerifiedCache {
  readonly #capacity: number;
  /** Keys in order of use: the first is forgotten next. */
  readonly #keys = new Set<string>();

  /** @param capacity - Signatures remembered, about 150 bytes each. */
  constructor({ capacity }: { readonly capacity: number }) {
    assert(Number.isInteger(capacity) && capacity > 0, `capacity must be positive: ${capacity}`);
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Whether this claim was verified before; keeps it from being forgotten soon. */
  has(key: string): boolean {
    if (!this.#keys.delete(key)) return false;
    this.#keys.add(key);
    return true;
  }

  /** Remembers a claim that was verified to be true. */
  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.#capacity) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }
}

/**
 * The name of a claim in the cache: SHA-256 over all of it, lengths included, so that no byte of key, message
 * or signature can differ, nor move from one to the next.
 */
export function claimKey({ scheme, publicKey, message, signature }: SignatureClaim): string {
  const name = Buffer.from(scheme);
  const lengths = Buffer.alloc(12);
  lengths.writeUInt32BE(publicKey.length, 0);
  lengths.writeUInt32BE(message.length, 4);
  lengths.writeUInt32BE(name.length, 8);
  return createHash('sha256')
    .update(lengths)
    .update(name)
    .update(publicKey)
    .update(message)
    .update(signature)
    .digest('base64');
}
