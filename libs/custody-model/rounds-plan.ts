import type { VoteTable } from '../custody/vote-table.ts';
import type { RoundsSize } from './rounds-asks.ts';

/** A protocol of rounds, how much of it is searched, and which rule of its world is broken. */
export interface RoundsPlan extends RoundsSize {
  readonly table: VoteTable;
  /** Anybody can close an instance, without a quorum of checkpoints. */
  readonly closesAlone?: true;
  /** What a view may begin with is computed without a look at what is closed. */
  readonly forgetsClosed?: true;
  /** Whether a fork alone counts: what else is promised is left out. */
  readonly forksAlone?: true;
}
