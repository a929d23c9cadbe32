import { assert } from '#libs/assert/assert.ts';

interface SemaphoreOptions {
  readonly permits: number;
  /** Tasks that may wait, over all callers that name themselves. */
  readonly waitingMax: number;
  /** Tasks that may wait for one caller; all of them when left out. */
  readonly waitingEachMax?: number;
}

/**
 * Lets a bounded number of tasks run at once. The others wait, up to a bound: those of one caller in order of
 * arrival, the callers in turn, so that one with a thousand tasks delays another by one of them. A task without a
 * caller is this process' own, and finds room however many callers wait.
 */
export class Semaphore {
  readonly #waitingMax: number;
  readonly #waitingEachMax: number;
  /** Callers with waiting tasks; the first has the next turn. */
  readonly #lines = new Map<unknown, (() => void)[]>();
  #waiting = 0;
  #free: number;

  constructor({ permits, waitingMax, waitingEachMax = waitingMax }: SemaphoreOptions) {
    assert(permits > 0 && waitingMax >= 0 && waitingEachMax >= 0, `bad bounds: ${permits}, ${waitingMax}`);
    this.#free = permits;
    this.#waitingMax = waitingMax;
    this.#waitingEachMax = waitingEachMax;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Runs `task` once a permit is free, or returns undefined at once when too many wait already. */
  run<Result>(task: () => Promise<Result>, caller?: unknown): Promise<Result> | undefined {
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#held(task);
    }
    const line = this.#lines.get(caller) ?? [];
    if (this.#isFull(caller) || line.length >= this.#waitingEachMax) return undefined;
    return new Promise<void>((resolve) => {
      line.push(resolve);
      this.#lines.set(caller, line);
      this.#waiting += 1;
    }).then(() => this.#held(task));
  }

  #isFull(caller: unknown): boolean {
    const own = this.#lines.get(undefined)?.length ?? 0;
    return caller !== undefined && this.#waiting - own >= this.#waitingMax;
  }

  async #held<Result>(task: () => Promise<Result>): Promise<Result> {
    try {
      return await task();
    } finally {
      const next = this.#next();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #next(): (() => void) | undefined {
    for (const [caller, line] of this.#lines) {
      const next = line.shift();
      this.#lines.delete(caller);
      if (line.length > 0) this.#lines.set(caller, line);
      this.#waiting -= 1;
      return next;
    }
    return undefined;
  }
}
