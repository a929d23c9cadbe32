import type { Block } from '#libs/chain/block.ts';

/** The ways in which a chain grows, as the engine of an epoch tells its node. The blocks are in the store. */
export interface ChainGrowth {
  /** Consensus has decided these, lowest first. */
  ordered(blocks: readonly Block[]): void;
  /** The chain leapt to this block, with the state as of it; the blocks below are not held yet. */
  leapt(block: Block): void;
  /**
   * Final blocks that were missing are held: those below a snapshot, lowest first, up to its own, if they reach it; or one
   * that was damaged on the disk.
   */
  filled(blocks: readonly Block[]): void;
}
