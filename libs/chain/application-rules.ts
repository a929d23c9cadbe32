import { appendedTo, type StateAfter } from './appended.ts';
import { onceInChain, type RepeatRules } from './repeats.ts';

/** The rules of an application for blocks: every member makes and judges blocks by the same. */
export interface ApplicationRules {
  /** What the header of a block says of the state: asked of every block that is proposed, and before any vote. */
  readonly stateAfter: StateAfter;
  /** Which transactions a block may not hold because of those before them. */
  readonly repeatsUpon: RepeatRules;
}

/** The rules of a log: each transaction is appended once. */
export const LOG_RULES: ApplicationRules = { stateAfter: appendedTo, repeatsUpon: onceInChain };
