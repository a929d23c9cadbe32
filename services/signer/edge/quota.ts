/** The quota of one client for one operation. */
export interface Rate {
  /** Calls at once, after a rest. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket by the monotonic clock: rates are the one thing that a clock decides (libs/custody/README.md G5). */
export class Quota {
  readonly #rate: Rate;
  #tokens: number;
  #filledMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledMs = nowMs;
  }

  /** Takes `cost` tokens out; false, with nothing taken, when there are too few. */
  take(nowMs: number, cost = 1): boolean {
    const { burst, perSecond } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledMs) / 1000) * perSecond);
    this.#filledMs = nowMs;
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }
}
