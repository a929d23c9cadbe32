import { digestOf } from './digest.ts';
import type { Digest } from './ids.ts';

/** Why bytes are not a transaction of this chain. */
export type TransactionFault = 'empty' | 'too-large';

/** Names a transaction: SHA-256 of its bytes. */
export function transactionHash(transaction: Uint8Array): Digest {
  return digestOf(transaction);
}

/** The fault in the size of a transaction, or undefined. Its content is the application's business. */
export function transactionFault(transaction: Uint8Array, bytesMax: number): TransactionFault | undefined {
  if (transaction.length === 0) return 'empty';
  return transaction.length > bytesMax ? 'too-large' : undefined;
}
