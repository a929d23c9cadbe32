import { toDigest } from '#libs/chain/ids.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { BranchBlock } from './branch-blocks.ts';

export const BRANCH_CHAIN = toDigest('c'.repeat(64));

/** The requests of a search. */
export interface BranchExtent {
  readonly table: VoteTable;
  readonly blocks: readonly BranchBlock[];
  /** How many views there are. */
  readonly views: number;
  /** Whether a block of an earlier view is proposed again in later ones. */
  readonly repeats: boolean;
  /** Whether views can be given up. */
  readonly leaves: boolean;
  /** Whether proposals are asked for: where an honest key leads. */
  readonly proposes: boolean;
  /** Whether a host may show the header of another block of the view than the one that it asks about. */
  readonly forges: boolean;
}
