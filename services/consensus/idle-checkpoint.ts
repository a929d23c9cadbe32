import { ChainError } from '#libs/engine/ports/chain-errors.ts';

/** The part of a store whose log is folded in. */
export interface CheckpointStore {
  checkpointWhenIdle(): void;
  /** Pages of 4 KiB that a checkpoint would move. */
  logPages(): number;
}

/** A checkpoint syncs twice, so several decisions share one. */
export const CHECKPOINT_MS = 1_000;

/** A log of so many pages is folded in sooner: 4 MiB, some milliseconds of work. */
export const LARGE_LOG_PAGES = 1_000;

/** Long enough to come after the work of a view. */
export const LARGE_LOG_MS = 250;

/** The log of the database is folded in while signatures are made, not while somebody waits for a record. */
export class IdleCheckpoint {
  readonly #store: CheckpointStore;
  #timer: NodeJS.Timeout | undefined;
  #isOfLargeLog = false;

  constructor(store: CheckpointStore) {
    this.#store = store;
  }

  /** Blocks were written: at most a second later their log is folded in. */
  soon(): void {
    this.#orHalted(() => {
      const isLarge = this.#store.logPages() >= LARGE_LOG_PAGES;
      if (this.#timer !== undefined && (this.#isOfLargeLog || !isLarge)) return;
      clearTimeout(this.#timer);
      this.#isOfLargeLog = isLarge;
      this.#timer = setTimeout(() => this.#foldIn(), isLarge ? LARGE_LOG_MS : CHECKPOINT_MS);
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #foldIn(): void {
    this.#timer = undefined;
    this.#orHalted(() => this.#store.checkpointWhenIdle());
  }

  /** A store that fails has reported it, and the member is halted: it still answers clients. */
  #orHalted(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
    }
  }
}
