import type { Digest } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { SignatureMessage } from './signature-messages.ts';

/** Asks for transactions that a proposal names and that its receiver lacks. */
export interface BodiesRequest {
  readonly kind: 'bodies-request';
  readonly hashes: readonly Digest[];
}

/** Transactions that were asked for, as many as wait at the sender and go into one message. Their hashes show which they are. */
export interface BodiesResponse {
  readonly kind: 'bodies-response';
  readonly transactions: readonly Transaction[];
}

/** The messages by which compact proposals are completed. */
export type BodyMessage = BodiesRequest | BodiesResponse;

/** The messages by which others are completed that name parts. */
export type PartMessage = SignatureMessage | BodyMessage;
