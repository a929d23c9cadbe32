import type { BlockHeader } from '#libs/chain/block.ts';
import type { Digest, Epoch, MemberIndex, View } from '#libs/chain/ids.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { LeaderOf } from '#libs/protocol/vote/height-leaders.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** The facts that a key is bound to and that do not change inside an epoch. */
export interface CustodyContext {
  readonly table: VoteTable;
  readonly set: ValidatorSet;
  /** Position of this key in the set; undefined while it is none of the members, and signs nothing. */
  readonly me: MemberIndex | undefined;
  /** The final block that the epoch starts from: a certificate of it needs no signature. */
  readonly root: EpochRoot;
  readonly leader: LeaderOf;
}

/** A request to the key. Every certificate it rests on was verified before, or is refused as unknown. */
export interface CustodyRequest {
  readonly session: bigint;
  readonly chain: Digest;
  readonly epoch: Epoch;
  readonly statement: VoteStatement;
  /** Header of the block, for a statement about a new block. */
  readonly header: BlockHeader | undefined;
  /** View of the certificate that justifies the block. */
  readonly justifyView: View | undefined;
}
