import type { Digest, MemberIndex } from '#libs/chain/ids.ts';

/** The first giver of a transaction: a client of this member, or another member. */
export type TransactionSource = 'client' | MemberIndex;

/** Which client: the key of its certificate, or its address. */
export interface MempoolClient {
  readonly kind: 'key' | 'address';
  readonly owner: string;
}

/** What one transaction counts to. `client`: undefined for what this member made itself. */
export interface TransactionOrigin {
  readonly source: TransactionSource;
  readonly client: MempoolClient | undefined;
}

export interface PooledTransaction extends TransactionOrigin {
  readonly hash: Digest;
  readonly transaction: Uint8Array;
  /** Clock of this process, milliseconds: for latency, decides nothing. */
  readonly firstSeenMs: number;
  /** Of the call or message that brought it first, for the log. */
  readonly traceId: string | undefined;
}
