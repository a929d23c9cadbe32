import { execFileSync } from 'node:child_process';

/**
 * One core for the honest members and their clients, and another one for a member that lies: on one machine the liar's own
 * work would count as damage otherwise, and would not count at all if it were niced.
 */
export class TwoCores implements Disposable {
  readonly #allowed: readonly number[];
  readonly #liar: number;

  private constructor(allowed: readonly number[], liar: number) {
    this.#allowed = allowed;
    this.#liar = liar;
  }

  /** Binds this process, and all that it starts later, to the core of the honest. @throws Error where there is one core only. */
  static claim(): TwoCores {
    const allowed = allowedCores();
    const [honest, liar] = allowed;
    if (honest === undefined || liar === undefined) {
      throw new Error('a liar needs a core of its own: this process may use one core only');
    }
    bind(process.pid, [honest]);
    return new TwoCores(allowed, liar);
  }

  /** Moves a process with all its threads to the core of the liar. */
  moveToLiar(pid: number): void {
    bind(pid, [this.#liar]);
  }

  [Symbol.dispose](): void {
    bind(process.pid, this.#allowed);
  }
}

function allowedCores(): readonly number[] {
  const list = taskset('--cpu-list', '--pid', String(process.pid)).split(':').at(-1) ?? '';
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function bind(pid: number, cores: readonly number[]): void {
  taskset('--all-tasks', '--cpu-list', '--pid', cores.join(), String(pid));
}

/** A call of the kernel; the machine may be busy. */
const TASKSET_MS_MAX = 300_000;

function taskset(...options: readonly string[]): string {
  return execFileSync('taskset', options, { encoding: 'utf8', timeout: TASKSET_MS_MAX });
}
