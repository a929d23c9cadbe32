/**
 * Slots for work, given in the order of arrival, so that only so much begins at once. Work that takes long
 * gives its slot away.
 */
export class Slots {
  readonly #turnMs: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number, turnMs: number) {
    this.#free = count;
    this.#turnMs = turnMs;
  }

  /** Runs `work` when its turn comes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isOver = false;
    const endTurn = (): void => {
      if (isOver) return;
      isOver = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
    const timer = setTimeout(endTurn, this.#turnMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      endTurn();
    }
  }
}
