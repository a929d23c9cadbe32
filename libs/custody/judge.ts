import type { CustodyContext } from './custody-context.ts';
import type { CustodyState } from './custody-state.ts';
import type { FactBook } from './fact-book.ts';

/** The rules, each by a name, so that the model can take one out and show that it was needed. */
export interface Rules {
  /** One statement for a slot, for ever (signer.md G2). */
  readonly slots: boolean;
  /** Nothing at or below the mark (3.3 rule 1). */
  readonly marks: boolean;
  /** Certificates count only when they were verified here (3.3 rules 2 to 6). */
  readonly certificates: boolean;
  /** safeNode (3.3 rule 3). */
  readonly lock: boolean;
}

export const ALL_RULES: Rules = { slots: true, marks: true, certificates: true, lock: true };

/** What a key judges by. */
export interface Judge {
  readonly context: CustodyContext;
  readonly state: CustodyState;
  readonly facts: FactBook;
  readonly rules: Rules;
}
