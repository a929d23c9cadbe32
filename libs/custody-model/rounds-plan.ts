import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { RoundsSize } from './rounds-asks.ts';

/** A protocol of rounds, the extent of its search, and the broken rule of its world. */
export interface RoundsPlan extends RoundsSize {
  readonly table: VoteTable;
  /** Anybody can close an instance, without a quorum of checkpoints. */
  readonly closesAlone?: true;
  /** The blocks that a view may begin with are computed without a look at closed instances. */
  readonly forgetsClosed?: true;
  /** Whether only a fork counts: other promises are left out. */
  readonly forksAlone?: true;
}
