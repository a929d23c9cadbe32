/** How far the facts that are published are behind the chain. */
export interface OutboxLag {
  /** Blocks whose facts are not all published. */
  readonly blocks: bigint;
  /** Time since facts came through last, or since the first of them began to wait, ms; 0 when none waits. */
  readonly waitMs: number;
}

/** Keeps since when facts wait without progress. Times are monotonic milliseconds. */
export class OutboxWait {
  readonly #nowMs: () => number;
  #sinceMs: number | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A block was executed, or the start found some that are. */
  waits(blocks: bigint): void {
    if (blocks > 0n) this.#sinceMs ??= this.#nowMs();
  }

  /** The facts of a block came through; those of so many are left. */
  progressed(blocksLeft: bigint): void {
    this.#sinceMs = blocksLeft > 0n ? this.#nowMs() : undefined;
  }

  lag(blocks: bigint): OutboxLag {
    if (blocks <= 0n || this.#sinceMs === undefined) return { blocks: 0n, waitMs: 0 };
    return { blocks, waitMs: this.#nowMs() - this.#sinceMs };
  }
}
