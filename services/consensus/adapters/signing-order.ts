import type { Epoch } from '#libs/chain/ids.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { Statement } from '#libs/protocol/statement.ts';

/** A statement to sign, the grounds on which it may be signed, and its epoch. */
export interface SigningOrder {
  readonly statement: Statement;
  readonly grounds: Grounds;
  readonly epoch: Epoch;
}
