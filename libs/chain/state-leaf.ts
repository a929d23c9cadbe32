import { type Digest, digestBytes } from './ids.ts';
import { leafHash } from './merkle.ts';
import type { Transaction } from './transaction.ts';

/**
 * Leaf of the state tree for a transaction: over its hash, not its bytes. So the hashes of all transactions, in
 * order, are the whole state: a holder of them can recompute the root, and knows a repeated transaction when it
 * comes.
 */
export function stateLeaf(transaction: Digest): Uint8Array {
  return leafHash(digestBytes(transaction));
}

/** The state leaf of a transaction. */
export function stateLeafOf({ hash }: Transaction): Uint8Array {
  return stateLeaf(hash);
}
