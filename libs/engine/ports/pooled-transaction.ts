import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';

/** The first giver of a transaction: a client of this member, or another member. */
export type TransactionSource = 'client' | MemberIndex;

/** A client, named by the key of its certificate or by its address. */
export interface MempoolClient {
  readonly kind: 'key' | 'address';
  readonly owner: string;
}

/** The share that one transaction counts to. `client`: undefined for a transaction of this member itself. */
export interface TransactionOrigin {
  readonly source: TransactionSource;
  readonly client: MempoolClient | undefined;
}

/** A transaction that is to wait for a block. */
export interface Candidate extends TransactionOrigin {
  readonly transaction: Transaction;
  /** Trace id of the call or message that brought it first, for the log. */
  readonly traceId: string | undefined;
}

/** A transaction that waits for a block. */
export interface PooledTransaction extends Candidate {
  /** Clock of this process, milliseconds: for latency, decides nothing. */
  readonly firstSeenMs: number;
}
