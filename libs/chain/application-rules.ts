import { appendedTo, type StateAfter } from './appended.ts';
import type { TimedDraft } from './block-draft.ts';
import { onceInChain, type RepeatRules } from './repeats.ts';
import type { RootPlace } from './root-place.ts';
import type { Transaction } from './transaction.ts';

/** The rules of an application for blocks: every member makes and judges blocks by the same. */
export interface ApplicationRules {
  /** The state that the header of a block commits to: asked of every block that is proposed, and before any vote. */
  readonly stateAfter: StateAfter;
  /** Which transactions a block may not hold because of those before them. */
  readonly repeatsUpon: RepeatRules;
  /** The header that holds the root of the state after a block. */
  readonly root: RootPlace;
  /** Fills the blocks that this member makes. */
  readonly fill: BlockFilling;
}

/**
 * The transactions of a block that is made, in order: of the waiting ones, none where the draft is empty, and those of the
 * application's own. The limits of blocks are kept for it, and transactions that members make themselves stand in the block
 * whatever it answers. All members judge the block by the rules alone.
 */
export type BlockFilling = (draft: TimedDraft, waiting: readonly Transaction[]) => readonly Transaction[];

/** The rules of a log: each transaction is appended once. */
export const LOG_RULES: ApplicationRules = {
  stateAfter: appendedTo,
  repeatsUpon: onceInChain,
  root: 'same-block',
  fill: (_, waiting) => waiting,
};
