import type { ProtocolTiming, TimerName } from '#libs/protocol/module.ts';
import type { TimerPort } from '#libs/replica/ports.ts';
import {
  VIEW_SAMPLES_MAX,
  VIEW_SAMPLES_MIN,
  VIEW_TIMEOUT_PER_VIEW,
  VIEW_TIMEOUT_SHRINK_MAX,
} from './timing-limits.ts';

/**
 * Timers of the protocol, paced by the real time of views here (RULES.md C.5.6). The genesis says how long a view may
 * take on the machine that made it. This member measures its views from the start of their timer to their decision:
 * signing, verifying, round trips and execution, under the load of the day; and stretches or shortens all waits of
 * the protocol by the same factor. The protocol itself stays pure, and its growth and reset with each commit as they
 * are.
 */
export class PacedTimers implements TimerPort {
  readonly #timers: TimerPort;
  readonly #timing: ProtocolTiming;
  readonly #nowMs: () => number;
  #samples: readonly number[] = [];
  #startedMs: number | undefined;

  constructor(timers: TimerPort, timing: ProtocolTiming, nowMs: () => number) {
    this.#timers = timers;
    this.#timing = timing;
    this.#nowMs = nowMs;
  }

  /**
   * How long a view may take here that follows a commit, milliseconds: some times the median of the newest views that
   * were decided. A leader that is slow on purpose stretches its own views alone, and they are less than half.
   */
  get baseMs(): number {
    const { viewTimeoutMs, viewTimeoutMsMax } = this.#timing;
    if (this.#samples.length < VIEW_SAMPLES_MIN) return viewTimeoutMs;
    const sorted = this.#samples.toSorted((a, b) => a - b);
    const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
    const wanted = Math.round(VIEW_TIMEOUT_PER_VIEW * median);
    return Math.min(Math.max(wanted, viewTimeoutMs / VIEW_TIMEOUT_SHRINK_MAX), viewTimeoutMsMax);
  }

  set(name: TimerName, delayMs: number, fire: () => void): void {
    if (name === 'view') this.#startedMs = this.#nowMs();
    const { viewTimeoutMs, viewTimeoutMsMax } = this.#timing;
    const pacedMs = (delayMs / viewTimeoutMs) * this.baseMs;
    this.#timers.set(name, Math.min(Math.round(pacedMs), viewTimeoutMsMax), fire);
  }

  cancel(name: TimerName): void {
    if (name === 'view') this.#startedMs = undefined;
    this.#timers.cancel(name);
  }

  /** The view whose timer runs has just been decided. */
  decided(): void {
    if (this.#startedMs === undefined) return;
    const tookMs = Math.max(0, this.#nowMs() - this.#startedMs);
    this.#samples = [...this.#samples, tookMs].slice(-VIEW_SAMPLES_MAX);
  }
}
