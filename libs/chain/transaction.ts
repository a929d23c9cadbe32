import { equalBytes } from '#libs/bytes/bytes.ts';
import { digestOf } from './digest.ts';
import type { Digest } from './ids.ts';

/** Why bytes are not a transaction of this chain. */
export type TransactionFault = 'empty' | 'too-large';

/** `system`: the members themselves read it, as evidence for instance. `application`: opaque to them. */
export type TransactionKind = 'system' | 'application';

/** The first bytes of every system transaction, and of no other. */
const SYSTEM_NAMESPACE: Uint8Array = new Uint8Array(Buffer.from('btcfed/', 'ascii'));

/** A transaction with its name, and never without it: made by `transactionOf` alone. */
export type Transaction = NamedBytes;

/** The hash is computed at the first request, and once: a transaction that is refused for its size is never hashed. */
class NamedBytes {
  readonly bytes: Uint8Array;
  readonly kind: TransactionKind;
  #hash: Digest | undefined;

  constructor(bytes: Uint8Array, hash?: Digest) {
    this.bytes = bytes;
    this.#hash = hash;
    this.kind = isOfSystem(bytes) ? 'system' : 'application';
  }

  /** Names the transaction: SHA-256 of its bytes. */
  get hash(): Digest {
    this.#hash ??= digestOf(this.bytes);
    return this.#hash;
  }

  /**
   * The same in bytes of its own: bytes from the network are a view of a frame, and one kept byte would keep a
   * megabyte.
   */
  copy(): Transaction {
    return new NamedBytes(new Uint8Array(this.bytes), this.#hash);
  }
}

/** The transaction with these bytes. They must not change from now on. */
export function transactionOf(bytes: Uint8Array): Transaction {
  return new NamedBytes(bytes);
}

/** The fault in the size of a transaction, or undefined. Its content is the application's business. */
export function transactionFault({ bytes }: Transaction, bytesMax: number): TransactionFault | undefined {
  if (bytes.length === 0) return 'empty';
  return bytes.length > bytesMax ? 'too-large' : undefined;
}

function isOfSystem(bytes: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, SYSTEM_NAMESPACE.length), SYSTEM_NAMESPACE);
}
