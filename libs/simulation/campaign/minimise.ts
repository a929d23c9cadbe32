import type { Plan } from '../plan/plan.ts';
import { omissionsOf, planWithout } from '../plan/plan-without.ts';
import type { RunResult } from '../run/run-result.ts';

/** Runs that one failure may cost: single entries of a long plan are tried last. */
const TRIES_MAX = 80;

/**
 * Leaves out one fault after the other, whole kinds first, for as long as the same invariant still breaks.
 * @param failed - The run that failed, with nothing left out.
 * @returns What can be left out; the rest is needed.
 */
export function minimise(
  failed: RunResult,
  run: (without: readonly string[]) => RunResult,
): readonly string[] {
  const invariant = failed.violations[0]?.invariant;
  let without: readonly string[] = [];
  let tries = 0;
  for (const omission of omissionsOf(failed.plan)) {
    const tried = [...without, omission];
    if (isSame(planWithout(failed.plan, tried), planWithout(failed.plan, without))) continue;
    tries += 1;
    if (tries > TRIES_MAX) break;
    const { violations } = run(tried);
    if (violations.some((each) => each.invariant === invariant)) without = tried;
  }
  return without;
}

function isSame(a: Plan, b: Plan): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
