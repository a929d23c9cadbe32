import { ChainError } from '#libs/engine/ports/chain-errors.ts';

/** Long enough to come after the work of a view, short enough to keep the log small. */
const CHECKPOINT_DELAY_MS = 250;

/** The log of the database is folded in while signatures are made, not while somebody waits for a record. */
export class IdleCheckpoint {
  readonly #store: { checkpointWhenIdle(): void };
  #timer: NodeJS.Timeout | undefined;

  constructor(store: { checkpointWhenIdle(): void }) {
    this.#store = store;
  }

  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      try {
        this.#store.checkpointWhenIdle();
      } catch (error) {
        // The store has reported it, and the member is halted: it still answers clients.
        if (!(error instanceof ChainError)) throw error;
      }
    }, CHECKPOINT_DELAY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
