import type { Block } from '#libs/chain/block.ts';

/** A listener for final blocks. It returns at once and does not throw. */
export interface FinalListener {
  /** Consensus has decided these blocks and the store holds them: nothing changes their order any more. Lowest first. */
  ordered?(blocks: readonly Block[]): void;
  /**
   * The application has done this block, and the block is held: clients and events may say so. In order, but for blocks
   * below a snapshot, which come later, and for a block that was damaged on the disk, which comes once more when it is put back.
   */
  executed?(block: Block): void;
}

/** The side of the channel for all who act on final blocks. */
export interface FinalFeed {
  /** Listeners are told in the order in which they came. @returns how to stop. */
  listen(listener: FinalListener): () => void;
}

/** The side of the channel for the node. */
export type FinalPort = Required<FinalListener>;

/** The one way on which a node tells of final blocks, and all who act on them hear of them. */
export class FinalChannel implements FinalFeed, FinalPort {
  readonly #listeners = new Set<FinalListener>();

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  listen(listener: FinalListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  ordered(blocks: readonly Block[]): void {
    for (const listener of this.#listeners) listener.ordered?.(blocks);
  }

  executed(block: Block): void {
    for (const listener of this.#listeners) listener.executed?.(block);
  }
}
