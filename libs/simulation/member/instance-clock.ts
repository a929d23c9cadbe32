import type { ClockPlan } from '../plan/plan.ts';

/** Wall clock at the start of a run: clocks may be hours off, but not before 1970. */
const EPOCH_MS = 1_000_000_000_000;

/** The clock of one instance, which may run fast or slow and be off. */
export class InstanceClock {
  readonly #true: { readonly nowMs: number };
  readonly #plan: ClockPlan | undefined;

  /** Undefined is an exact clock. */
  constructor(trueTime: { readonly nowMs: number }, plan: ClockPlan | undefined) {
    this.#true = trueTime;
    this.#plan = plan;
  }

  /** True milliseconds until this clock has counted `ms`. */
  durationMs(ms: number): number {
    return Math.round(ms * (this.#plan?.rate ?? 1));
  }

  /** Milliseconds since 1970, as this instance believes. */
  wallMs(): bigint {
    return BigInt(EPOCH_MS + this.#true.nowMs + (this.#plan?.offsetMs ?? 0));
  }
}
