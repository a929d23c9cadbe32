/** A rate with a burst, time given from outside (style: the core has no clock). */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor({ perSecond, burst, nowMs }: { perSecond: number; burst: number; nowMs: number }) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Takes `amount` at `nowMs`, or nothing and answers false. A clock that goes backwards gives nothing. */
  take(amount: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (amount > this.#tokens) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Takes `amount` in any case. @returns milliseconds until it is paid for; 0 when it is. */
  charge(amount: number, nowMs: number): number {
    this.#refill(nowMs);
    this.#tokens -= amount;
    return Math.ceil(Math.max(0, (-this.#tokens * 1000) / this.#perSecond));
  }

  #refill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs * this.#perSecond) / 1000);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }
}
