import { backoffMs } from '../../core/backoff.ts';
import {
  CIRCUIT_FAILURES_MAX,
  CIRCUIT_TRIAL_MS,
  REFUSED_RETRY_MS,
  STABLE_SESSION_MS,
} from '../../core/connection-limits.ts';

/**
 * Circuit breaker of the dials of one peer (P2P-14). Closed: it is dialled with back-off. Open, after many failed rounds
 * in a row: only seldom trials, until one succeeds or the peer comes by itself.
 */
export class Circuit {
  #failures = 0;
  #notBeforeMs = 0;

  /** Failed rounds in a row. */
  get failures(): number {
    return this.#failures;
  }

  get isOpen(): boolean {
    return this.#failures >= CIRCUIT_FAILURES_MAX;
  }

  /** A round failed. @returns whether it is the one that opened the circuit. */
  failed(): boolean {
    this.#failures += 1;
    return this.#failures === CIRCUIT_FAILURES_MAX;
  }

  /** Frames flow: the next loss starts from the shortest wait. */
  succeeded(): void {
    this.reset();
    this.#notBeforeMs = 0;
  }

  /** The peer was refused: no dial before the longest wait is over. */
  holdOff(nowMs: number): void {
    this.#notBeforeMs = nowMs + REFUSED_RETRY_MS;
  }

  /** A wait, or as much more as the peer is held off. */
  heldMs(waitMs: number, nowMs: number): number {
    return Math.max(waitMs, this.#notBeforeMs - nowMs);
  }

  /** A connection that stood for so long was lost. */
  lost(stoodMs: number): void {
    if (stoodMs >= STABLE_SESSION_MS) this.reset(1);
    else this.failed();
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
