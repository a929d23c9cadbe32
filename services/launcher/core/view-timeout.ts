/** A view may take ten times the time of its signatures: room for a busy machine and for blocks that are full. */
const FLOORS_PER_VIEW = 10;
const TIMEOUT_MS_MIN = 1_000;
const TIMEOUT_MS_MAX = 60_000;
/** Four doublings, after which a network that still fails has another problem. */
const GROWTH_MAX = 16;

export interface ViewTimeouts {
  readonly viewTimeoutMs: number;
  readonly viewTimeoutMsMax: number;
}

/** Timeouts of a federation whose decisions cannot take less than `floorMs`. */
export function viewTimeoutsFor(floorMs: number): ViewTimeouts {
  const wanted = Math.round(FLOORS_PER_VIEW * floorMs);
  const viewTimeoutMs = Math.min(Math.max(wanted, TIMEOUT_MS_MIN), TIMEOUT_MS_MAX);
  return { viewTimeoutMs, viewTimeoutMsMax: GROWTH_MAX * viewTimeoutMs };
}
