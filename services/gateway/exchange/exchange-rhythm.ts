import { INTERVAL_JITTER } from './rules/exchange-limits.ts';

/** The beats of peer exchange, one in each interval, at moments of its own: gateways that start together must not ask together. */
export class ExchangeRhythm {
  readonly #random: () => number;
  readonly #beat: () => void;
  #intervalMs = 0;
  #intervals = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(random: () => number, beat: () => void) {
    this.#random = random;
    this.#beat = beat;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Beats since the start. */
  get intervals(): number {
    return this.#intervals;
  }

  /** Beats from now on in this interval; a beat that is planned under another is planned anew. */
  setInterval(intervalMs: number): void {
    if (this.#isStopped || intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#schedule();
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const share = 1 + INTERVAL_JITTER * (2 * this.#random() - 1);
    this.#timer = setTimeout(() => {
      this.#schedule();
      this.#intervals += 1;
      this.#beat();
    }, this.#intervalMs * share);
  }
}
