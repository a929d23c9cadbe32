import type { Block } from '#libs/chain/block.ts';
import { toHeight } from '#libs/chain/ids.ts';
import type { ChainGrowth } from '../ports/chain-growth.ts';
import type { ChainPort } from '../ports/engine-ports.ts';
import type { Application } from './application.ts';

export interface ExecutionOptions {
  readonly application: Application;
  readonly chain: Pick<ChainPort, 'tip' | 'blockAt'>;
  /** The block is executed and held. In order, but for blocks that were missing (final-channel.ts). */
  readonly executed: (block: Block) => void;
  /**
   * The application broke its contract and threw: it is given nothing more, and the member must halt. Called in the middle
   * of a decision, so the halt comes after it.
   */
  readonly failed: (block: Block, error: unknown) => void;
}

/**
 * Has the application execute the ordered blocks: every block once, in order of height, one at a time. Blocks wait in
 * the chain and not here, so that an application that is slow for a day costs no memory.
 */
export class Execution implements ChainGrowth {
  readonly #options: ExecutionOptions;
  /** Height of the newest block that is executed. */
  #height = toHeight(0n);
  /** The newest blocks, until they are executed: they need not be read from the disk. */
  #newest: readonly Block[] = [];
  #isRunning = false;
  #isExecuting = false;
  #isGoingOn = false;

  constructor(options: ExecutionOptions) {
    this.#options = options;
  }

  /** Continues where the process before ended: with blocks that were ordered and not executed. */
  start(): void {
    this.#height = this.#options.application.executedHeight();
    this.#isRunning = true;
    this.#goOn();
  }

  /** Gives the application no more blocks; the next start does. */
  stop(): void {
    this.#isRunning = false;
  }

  ordered(blocks: readonly Block[]): void {
    this.#newest = blocks;
    this.#goOn();
  }

  /** A log has its state from the snapshot. An application that does not waits for the blocks below, and executes them. */
  leapt(block: Block): void {
    if (this.#options.application.executedHeight() < block.header.height) return;
    this.#reach(block);
    this.#options.executed(block);
  }

  filled(blocks: readonly Block[]): void {
    for (const block of blocks) if (block.header.height <= this.#height) this.#options.executed(block);
    this.#goOn();
  }

  /**
   * Executes in a loop and not from `done`: an application that answers at once needs no stack for a thousand blocks.
   */
  #goOn(): void {
    if (this.#isGoingOn) return;
    this.#isGoingOn = true;
    try {
      while (this.#isRunning && !this.#isExecuting) {
        const block = this.#next();
        if (block === undefined) break;
        this.#execute(block);
      }
    } finally {
      this.#isGoingOn = false;
    }
  }

  #execute(block: Block): void {
    this.#isExecuting = true;
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      this.#isExecuting = false;
      this.#reach(block);
      if (!this.#isRunning) return;
      this.#options.executed(block);
      this.#goOn();
    };
    try {
      this.#options.application.execute(block, done);
    } catch (error) {
      // An error after `done` is of a listener, and not of the application.
      if (isDone) throw error;
      this.#isRunning = false;
      this.#options.failed(block, error);
    }
  }

  #reach({ header }: Block): void {
    if (header.height > this.#height) this.#height = header.height;
  }

  /** The block to execute next; undefined when all are, or when the next one is not held. */
  #next(): Block | undefined {
    const { chain } = this.#options;
    const height = toHeight(this.#height + 1n);
    const known = this.#newest.find(({ header }) => header.height === height);
    if (known !== undefined) return known;
    if (height <= chain.tip().header.height) return chain.blockAt(height);
    this.#newest = [];
    return undefined;
  }
}

/** The reason of a halt. */
export function notExecuted({ header }: Block, error: unknown): string {
  const cause = error instanceof Error ? error.message : String(error);
  return `the application could not execute block ${header.height}: ${cause}; fix it and start the member again`;
}
