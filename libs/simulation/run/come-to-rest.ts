import type { Findings } from '../checks/findings.ts';
import type { Schedule } from '../time/schedule.ts';

const REST_MS_MAX = 20_000;

/** Without an effect for so long, no timer runs: three of the longest view timeouts, which a slow clock makes longer. */
const QUIET_MS = 9_000;

/** A run in which nothing is left to decide. */
export interface RestingRun {
  readonly schedule: Schedule;
  readonly findings: Findings;
  readonly world: { readonly core: readonly { readonly effects: number }[] };
}

/**
 * With nothing left to decide all must fall silent (RULES.md C.5.7), also while f members are down and whatever these
 * did before: no view spins, no message goes round. What is still under way then ends within a few of the longest timeouts.
 */
export function comeToRest({ schedule, findings, world }: RestingRun): void {
  const untilMs = schedule.nowMs + REST_MS_MAX;
  let effects = effectsOf(world);
  let quietFromMs = schedule.nowMs;
  // What retired members had planned for themselves goes on in the schedule, and does nothing.
  while (!schedule.isEmpty && schedule.nowMs < quietFromMs + QUIET_MS) {
    schedule.step();
    if (effectsOf(world) === effects) continue;
    effects = effectsOf(world);
    quietFromMs = schedule.nowMs;
    if (quietFromMs < untilMs) continue;
    return findings.report('REST', `not at rest ${REST_MS_MAX} ms after the last transaction`);
  }
}

function effectsOf({ core }: RestingRun['world']): number {
  return core.reduce((sum, { effects }) => sum + effects, 0);
}
