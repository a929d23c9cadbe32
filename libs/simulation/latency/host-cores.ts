import { assert } from '#libs/assert/assert.ts';
import type { Schedule } from '../time/schedule.ts';
import { WorkQueue } from './work-queue.ts';

/** The work of cores that one member had done, milliseconds. */
export interface CpuAccount {
  cpuMs: number;
}

/** Work begins when a core is free for it, and then says how long it takes it. */
export interface CoreWork {
  readonly account: CpuAccount;
  start(): number;
}

/** The cores of a host: work that came first is served first, and nobody is interrupted. */
export class HostCores {
  readonly #schedule: Schedule;
  readonly #waiting = new WorkQueue<CoreWork>();
  readonly count: number;
  #free: number;

  constructor(schedule: Schedule, count: number) {
    assert(Number.isInteger(count) && count > 0, `a host has cores, not ${count}`);
    this.#schedule = schedule;
    this.count = count;
    this.#free = count;
  }

  run(work: CoreWork): void {
    if (this.#free === 0) return this.#waiting.push(work);
    this.#free -= 1;
    this.#start(work);
  }

  #start(work: CoreWork): void {
    const cpuMs = work.start();
    work.account.cpuMs += cpuMs;
    this.#schedule.after(cpuMs, () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else this.#start(next);
    });
  }
}
