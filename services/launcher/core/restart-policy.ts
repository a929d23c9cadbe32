import { CRASH_WINDOW_MS, CRASHES_MAX, RESTART_PAUSE_MS_MAX, RESTART_PAUSE_MS_MIN } from '../words/limits.ts';

/** When a service died lately, ascending, in milliseconds of one monotonic clock. */
export type CrashTimes = readonly number[];

export interface RestartVerdict {
  readonly crashes: CrashTimes;
  /** Pause before the next start; undefined: leave it down, a person must look. */
  readonly pauseMs: number | undefined;
}

/**
 * Decides on the restart after a crash at `nowMs`. The pause doubles with each crash of the last minutes, so that a
 * short fault costs little and a lasting one costs nobody a core.
 */
export function afterCrash(earlier: CrashTimes, nowMs: number): RestartVerdict {
  const crashes = [...earlier.filter((time) => nowMs - time < CRASH_WINDOW_MS), nowMs];
  if (crashes.length > CRASHES_MAX) return { crashes, pauseMs: undefined };
  return { crashes, pauseMs: pauseAfter(crashes) };
}

/**
 * The same for an end that a full or failing disk is to blame for: that passes without a person who looks at the service,
 * so it is tried for ever, and none of it counts as a crash.
 */
export function afterDiskFault(
  earlier: CrashTimes,
  nowMs: number,
): { readonly faults: CrashTimes; readonly pauseMs: number } {
  const faults = [...earlier.filter((time) => nowMs - time < CRASH_WINDOW_MS), nowMs];
  return { faults, pauseMs: pauseAfter(faults) };
}

function pauseAfter({ length }: CrashTimes): number {
  return Math.min(RESTART_PAUSE_MS_MIN * 2 ** (length - 1), RESTART_PAUSE_MS_MAX);
}
