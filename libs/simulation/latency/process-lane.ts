import type { Schedule } from '../time/schedule.ts';
import type { CpuAccount, HostCores } from './host-cores.ts';
import { WorkQueue } from './work-queue.ts';

/** The time that one job of a process takes, as it goes along. */
export class WorkMeter {
  readonly #schedule: Schedule;
  #cpuMs = 0;
  #waitMs = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  get cpuMs(): number {
    return this.#cpuMs;
  }

  /** The time that has passed since the job began. */
  get elapsedMs(): number {
    return this.#cpuMs + this.#waitMs;
  }

  get nowMs(): number {
    return this.#schedule.nowMs + this.elapsedMs;
  }

  /** Work of a core. */
  spend(ms: number): void {
    this.#cpuMs += ms;
  }

  /** The process stands still, as while a disk writes; others have the core. */
  wait(ms: number): void {
    this.#waitMs += ms;
  }

  /** Does something when the job has come this far. */
  afterwards(run: () => void): void {
    this.#schedule.after(this.elapsedMs, run);
  }
}

type LaneJob = (meter: WorkMeter) => void;

/** A process with one thread of its own: one job after the other, each on any core of its host. */
export class ProcessLane {
  readonly #schedule: Schedule;
  readonly #cores: HostCores;
  readonly #account: CpuAccount;
  readonly #jobs = new WorkQueue<LaneJob>();
  #isBusy = false;

  constructor(schedule: Schedule, cores: HostCores, account: CpuAccount) {
    this.#schedule = schedule;
    this.#cores = cores;
    this.#account = account;
  }

  push(job: LaneJob): void {
    if (this.#isBusy) return this.#jobs.push(job);
    this.#isBusy = true;
    this.#run(job);
  }

  #run(job: LaneJob): void {
    const start = (): number => {
      const meter = new WorkMeter(this.#schedule);
      job(meter);
      meter.afterwards(() => this.#next());
      return meter.cpuMs;
    };
    this.#cores.run({ account: this.#account, start });
  }

  #next(): void {
    const job = this.#jobs.shift();
    if (job === undefined) this.#isBusy = false;
    else this.#run(job);
  }
}
