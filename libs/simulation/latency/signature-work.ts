import type { Schedule } from '../time/schedule.ts';
import type { CpuAccount, HostCores } from './host-cores.ts';
import type { WorkCosts } from './work-costs.ts';

interface SignatureWorkParts {
  readonly schedule: Schedule;
  readonly cores: HostCores;
  readonly account: CpuAccount;
  readonly costs: Pick<WorkCosts, 'signMs' | 'verifyMs'>;
}

/** Signing and verifying, off the threads of the processes: on all cores of the host. Nothing is really computed. */
export class SignatureWork {
  readonly #parts: SignatureWorkParts;

  constructor(parts: SignatureWorkParts) {
    this.#parts = parts;
  }

  sign(done: () => void): void {
    this.#run(this.#parts.costs.signMs, done);
  }

  /** Verifies so many signatures, side by side as far as there are cores. */
  verify(count: number, done: () => void): void {
    if (count === 0) return done();
    let waiting = Math.min(count, this.#parts.cores.count);
    const partMs = (count * this.#parts.costs.verifyMs) / waiting;
    const partDone = (): void => {
      waiting -= 1;
      if (waiting === 0) done();
    };
    for (let part = waiting; part > 0; part--) this.#run(partMs, partDone);
  }

  #run(ms: number, done: () => void): void {
    const start = (): number => {
      this.#parts.schedule.after(ms, done);
      return ms;
    };
    this.#parts.cores.run({ account: this.#parts.account, start });
  }
}
