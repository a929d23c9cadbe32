import type { Findings } from '../checks/findings.ts';
import type { Schedule } from '../time/schedule.ts';

const REST_MS_MAX = 20_000;

/**
 * Time without an effect after which no timer can be running: three times the longest view timeout, because a timer of a
 * slow clock takes longer than its timeout.
 */
const QUIET_MS = 9_000;

/** A run in which nothing is left to decide. */
export interface RestingRun {
  readonly schedule: Schedule;
  readonly findings: Findings;
  readonly world: { readonly core: readonly { readonly effects: number }[] };
}

/**
 * Checks that all fall silent when nothing is left to decide (RULES.md C.5.7), also while f members are down and
 * after anything that these did: no view spins, no message goes round. Work under way must end within a few of the
 * longest timeouts.
 */
export function comeToRest({ schedule, findings, world }: RestingRun): void {
  const untilMs = schedule.nowMs + REST_MS_MAX;
  let effects = effectsOf(world);
  let quietFromMs = schedule.nowMs;
  // Planned work of retired members stays in the schedule, and does nothing.
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
