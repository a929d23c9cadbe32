import type { MemberIndex } from '#libs/chain/ids.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { LATE_REPORTS_PER_SECOND_MAX } from './joining-limits.ts';

/** Limits the reports of past views, each of which asks for proofs, to a few a second for each member. */
export class LateReports {
  readonly #budget: SecondBudget;

  constructor(clock: ClockPort) {
    this.#budget = new SecondBudget(clock, LATE_REPORTS_PER_SECOND_MAX);
  }

  /**
   * Whether a report of this position is handled. A report of a view that is over uses up one of this second's
   * allowance.
   */
  hears(from: MemberIndex, reported: Position, own: Position): boolean {
    return comparePositions(reported, own) >= 0 || this.#budget.take(from);
  }
}
