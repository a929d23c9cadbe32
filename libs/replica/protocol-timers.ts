import { assert } from '#libs/assert/assert.ts';
import type { TimerMoment, TimerName } from '#libs/protocol/module.ts';
import type { AlarmPort, TimerPort } from './ports.ts';

export interface TimerClocks {
  /** Time of day, milliseconds since 1970: for absolute moments alone. */
  nowMs(): number;
  /** Milliseconds of a clock that never goes back. */
  steadyMs(): number;
}

interface RunningTimer {
  readonly setMs: number;
  readonly dueMs: number;
  readonly fire: () => void;
}

/**
 * The timers of a protocol over plain alarms, as `TimerMoment` says: relative, absolute, and moved later. No clock that
 * jumps, and no member that asks again and again, makes a timer wait longer than `longestMs`, except where the
 * protocol itself says a longer relative wait: a simulation is to see a protocol that forgets its cap.
 */
export class ProtocolTimers implements TimerPort {
  readonly #alarms: AlarmPort;
  readonly #clocks: TimerClocks;
  readonly #longestMs: number;
  readonly #running = new Map<TimerName, RunningTimer>();

  /** @param longestMs - `viewTimeoutMsMax` of the protocol. */
  constructor(alarms: AlarmPort, clocks: TimerClocks, longestMs: number) {
    this.#alarms = alarms;
    this.#clocks = clocks;
    this.#longestMs = longestMs;
  }

  set(name: TimerName, moment: TimerMoment, fire: () => void): void {
    const delayMs = 'afterMs' in moment ? moment.afterMs : this.#untilMs(moment.atMs);
    assert(delayMs >= 0, `the wait of timer ${name} must be 0 ms or more, and is ${delayMs}`);
    const setMs = this.#clocks.steadyMs();
    this.#run(name, delayMs, { setMs, dueMs: setMs + delayMs, fire });
  }

  extend(name: TimerName, byMs: number): void {
    const timer = this.#running.get(name);
    if (timer === undefined) return;
    assert(byMs >= 0, `timer ${name} must be moved by 0 ms or more, and not by ${byMs}`);
    const { setMs, dueMs, fire } = timer;
    const laterMs = Math.min(dueMs + byMs, setMs + this.#longestMs);
    if (laterMs <= dueMs) return;
    const delayMs = Math.max(0, laterMs - this.#clocks.steadyMs());
    this.#run(name, delayMs, { setMs, dueMs: laterMs, fire });
  }

  /** Lets a timer that runs fire within `withinMs`, where it would wait longer. */
  hasten(name: TimerName, withinMs: number): void {
    const timer = this.#running.get(name);
    const dueMs = this.#clocks.steadyMs() + withinMs;
    if (timer !== undefined && timer.dueMs > dueMs) this.#run(name, withinMs, { ...timer, dueMs });
  }

  /** The names of the timers that run. */
  get names(): readonly TimerName[] {
    return [...this.#running.keys()];
  }

  cancel(name: TimerName): void {
    this.#running.delete(name);
    this.#alarms.cancel(name);
  }

  #run(name: TimerName, delayMs: number, timer: RunningTimer): void {
    this.#running.set(name, timer);
    this.#alarms.set(name, delayMs, () => {
      // Late alarms of a timer that was set anew, moved or cancelled say nothing.
      if (this.#running.get(name) !== timer) return;
      this.#running.delete(name);
      timer.fire();
    });
  }

  /** Milliseconds until a time of day: none when it is past. */
  #untilMs(atMs: bigint): number {
    return Math.min(Math.max(0, Number(atMs) - this.#clocks.nowMs()), this.#longestMs);
  }
}
