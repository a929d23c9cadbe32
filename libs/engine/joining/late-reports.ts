import type { MemberIndex, View } from '#libs/chain/ids.ts';
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
   * Whether a report of this view is handled. A report of a view that is over uses up one of this second's
   * allowance.
   */
  hears(from: MemberIndex, view: View, ownView: View): boolean {
    return view >= ownView || this.#budget.take(from);
  }
}
