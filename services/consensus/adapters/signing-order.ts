import type { Epoch } from '#libs/chain/ids.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';

/** A statement to sign, the grounds on which it may be signed, and its epoch. */
export interface SigningOrder {
  readonly statement: VoteStatement;
  readonly grounds: Grounds;
  readonly epoch: Epoch;
  /** Header of the span of this request; none where it is not recorded. */
  readonly traceparent?: string | undefined;
}
