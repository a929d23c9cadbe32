import type { Digest, Height } from './ids.ts';
import type { Transaction } from './transaction.ts';

/** Transactions that somebody holds, by the hashes that name them. */
export interface HeldTransactions {
  transactionOf(hash: Digest): Transaction | undefined;
}

/** Holds nothing: blocks that name their transactions cannot be read. */
export const NO_TRANSACTIONS: HeldTransactions = { transactionOf: () => undefined };

/** A block that names transactions which its reader lacks. */
export interface LackingBlock {
  readonly digest: Digest;
  readonly height: Height;
  /** Of the lacked transactions, in the order of the block. */
  readonly hashes: readonly Digest[];
  /** Number of all transactions of the block. */
  readonly transactionCount: number;
}
