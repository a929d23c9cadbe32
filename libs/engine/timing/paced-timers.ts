import type { TimerMoment, TimerName } from '#libs/protocol/module.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { AlarmPort, TimerPort } from '#libs/replica/ports.ts';
import { ProtocolTimers, type TimerClocks } from '#libs/replica/protocol-timers.ts';
import {
  VIEW_SAMPLES_MAX,
  VIEW_SAMPLES_MIN,
  VIEW_TIMEOUT_PER_VIEW,
  VIEW_TIMEOUT_SHRINK_MAX,
} from './timing-limits.ts';

interface PacedNames {
  readonly timing: ProtocolTiming;
  /** The timers that give a view up: they start with it. */
  readonly leave: readonly TimerName[];
  /** Those after which a member says again what it said. */
  readonly repeat?: readonly TimerName[];
}

/**
 * Timers of the protocol, paced by the real time of views here (RULES.md C.5.6). The genesis says how long a view may
 * take on the machine that made it. This member measures its views from the start of their timer to their decision:
 * signing, verifying, round trips and execution, under the load of the day; and stretches or shortens all relative waits
 * of the protocol by the same factor; a time of day is what it is. The protocol itself stays pure, and its growth and reset with each commit as they
 * are.
 */
export class PacedTimers implements TimerPort {
  readonly #timers: ProtocolTimers;
  readonly #timing: ProtocolTiming;
  readonly #clocks: TimerClocks;
  readonly #isOfView: (name: TimerName) => boolean;
  readonly #repeat: readonly TimerName[];
  #samples: readonly number[] = [];
  #startedMs: number | undefined;

  constructor(alarms: AlarmPort, { timing, leave, repeat = [] }: PacedNames, clocks: TimerClocks) {
    this.#timers = new ProtocolTimers(alarms, clocks, timing.viewTimeoutMsMax);
    this.#timing = timing;
    this.#clocks = clocks;
    this.#isOfView = (name) => leave.includes(name);
    this.#repeat = repeat;
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

  set(name: TimerName, moment: TimerMoment, fire: () => void): void {
    if (this.#isOfView(name)) this.#startedMs = this.#clocks.steadyMs();
    const paced = 'afterMs' in moment ? { afterMs: this.#pacedMs(moment.afterMs) } : moment;
    this.#timers.set(name, paced, fire);
  }

  extend(name: TimerName, byMs: number): void {
    this.#timers.extend(name, this.#pacedMs(byMs));
  }

  cancel(name: TimerName): void {
    if (this.#isOfView(name)) this.#startedMs = undefined;
    this.#timers.cancel(name);
  }

  /**
   * Ends the wait that failed views made long: that of the view at hand is at most what a view after a commit has, and what was said in
   * it is said again at once. Timers decide nothing that a protocol rests its safety on; later views grow as before.
   */
  nudge(): void {
    const { baseMs } = this;
    for (const name of this.#timers.names) {
      if (this.#isOfView(name)) this.#timers.hasten(name, baseMs);
      else if (this.#repeat.includes(name)) this.#timers.hasten(name, 0);
    }
  }

  #pacedMs(delayMs: number): number {
    const { viewTimeoutMs, viewTimeoutMsMax } = this.#timing;
    const pacedMs = (delayMs / viewTimeoutMs) * this.baseMs;
    return Math.min(Math.round(pacedMs), viewTimeoutMsMax);
  }

  /** The view whose timer runs has just been decided. */
  decided(): void {
    if (this.#startedMs === undefined) return;
    const tookMs = Math.max(0, this.#clocks.steadyMs() - this.#startedMs);
    this.#samples = [...this.#samples, tookMs].slice(-VIEW_SAMPLES_MAX);
  }
}
