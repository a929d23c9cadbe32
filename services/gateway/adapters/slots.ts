/** Lets only so much work begin at once, in the order in which it came; work that takes long gives its place away. */
export class Slots {
  readonly #turnMs: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number, turnMs: number) {
    this.#free = count;
    this.#turnMs = turnMs;
  }

  /** Does `work` when it is its turn. */
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
