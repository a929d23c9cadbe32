import { backoffMs } from '../../core/backoff.ts';
import { CIRCUIT_FAILURES_MAX, CIRCUIT_TRIAL_MS } from '../../core/connection-limits.ts';

/**
 * Circuit breaker of the dials of one peer (P2P-14). Closed: it is dialled with back-off. Open, after many failed rounds
 * in a row: only seldom trials, until one succeeds or the peer comes by itself.
 */
export class Circuit {
  #failures = 0;

  /** Failed rounds in a row. */
  get failures(): number {
    return this.#failures;
  }

  get isOpen(): boolean {
    return this.#failures >= CIRCUIT_FAILURES_MAX;
  }

  failed(): void {
    this.#failures += 1;
  }

  /** The row starts anew, with `failures` of it already there. */
  reset(failures = 0): void {
    this.#failures = failures;
  }

  /** Milliseconds until the next round. */
  waitMs(random: () => number): number {
    return this.isOpen
      ? Math.round(CIRCUIT_TRIAL_MS * (1 - random() / 2))
      : backoffMs(this.#failures, random);
  }
}
