import type { Tables } from './tables.ts';
import type { StoredTip } from './tip.ts';
import { type UndecidedBlock, UndecidedBlocks } from './undecided-blocks.ts';

/** The end of the chain in memory: the newest final block, and the undecided ones above it. */
export class ChainEnd {
  readonly undecided = new UndecidedBlocks();
  #tip: StoredTip;

  constructor({ blocks }: Pick<Tables, 'blocks'>, tip: StoredTip) {
    this.#tip = tip;
    for (const entry of blocks.undecided()) this.undecided.add(entry);
  }

  tip(): StoredTip {
    return this.#tip;
  }

  /** Brings memory up to the state on disk. */
  moveTip(to: StoredTip, gone: readonly UndecidedBlock[]): void {
    this.undecided.remove(gone);
    this.#tip = to;
  }
}
