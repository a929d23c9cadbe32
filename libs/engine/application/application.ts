import type { Block } from '#libs/chain/block.ts';
import type { Height } from '#libs/chain/ids.ts';

/**
 * The application on top of the chain, as the engine sees it. Consensus orders transactions and knows nothing of their
 * meaning; the application gives them one. Answers come by callback, at once or later, so an application may live
 * in another process, and the engine needs no promise for that.
 */
export interface Application {
  /** Height of the newest block that it has executed, 0 before any: durable, so that a restart continues after it. */
  executedHeight(): Height;
  /**
   * Executes the block above that height; the block is ordered, and cannot be refused. `done` is called once, when all
   * that the block does is durable. The next block is given after that.
   */
  execute(block: Block, done: () => void): void;
}
