import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import { type LatencyRow, latencyRow, type UndecidedRow } from './latency-rows.ts';
import type { LatencySetting } from './latency-setting.ts';

/** No view of any federation takes an hour. */
const NO_TIMEOUT: ProtocolTiming = { viewTimeoutMs: 3_600_000, viewTimeoutMsMax: 3_600_000 };
/** A view may take so many times as long as the slowest decision: protocols repeat themselves from the half of it on. */
const ROOM = 3;
/** Waits grow while views fail, as far as three failures in a row need. */
const GROWTH_ROOM = 4;

/** A decision that nothing disturbs, and how long views are to wait for one. */
export interface UndisturbedDecision {
  readonly row: LatencyRow | UndecidedRow;
  readonly timing: ProtocolTiming;
}

/**
 * The timing of the protocol, where a decision has room in it; else one in which it has. A decision that no leader fails is
 * measured without any timeout.
 */
export function undisturbed(setting: LatencySetting, decisions: number): UndisturbedDecision {
  const row = latencyRow({ ...setting, timing: { ...setting.timing, ...NO_TIMEOUT } }, 0, decisions);
  if ('undecided' in row) return { row, timing: setting.timing };
  const { viewTimeoutMs, viewTimeoutMsMax } = setting.timing;
  const neededMs = Math.max(viewTimeoutMs, Math.ceil(ROOM * row.p99Ms));
  const longestMs = Math.max(viewTimeoutMsMax, GROWTH_ROOM * neededMs);
  return {
    row,
    timing: { ...setting.timing, viewTimeoutMs: neededMs, viewTimeoutMsMax: longestMs },
  };
}
