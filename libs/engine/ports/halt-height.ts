import type { Height } from '#libs/chain/ids.ts';

/**
 * The height behind which a node stops, while its operator asks for that: it takes part up to and including the block of that
 * height, and signs nothing above it. Without a height a node goes on.
 */
export class HaltHeight {
  #height: Height | undefined;
  #changed: () => void = () => {};

  constructor(height?: Height) {
    this.#height = height;
  }

  get height(): Height | undefined {
    return this.#height;
  }

  /** Undefined: the node goes on. */
  set(height: Height | undefined): void {
    this.#height = height;
    this.#changed();
  }

  /** Whether a height is one that the node takes no part in. */
  isAbove(height: bigint): boolean {
    return this.#height !== undefined && height > this.#height;
  }

  /** A height, or the one behind which the node stops where that is lower. */
  capped(height: Height): Height {
    return this.#height !== undefined && height > this.#height ? this.#height : height;
  }

  /** Whether a node with this newest final height has stopped. */
  isReached(finalHeight: bigint): boolean {
    return this.#height !== undefined && finalHeight >= this.#height;
  }

  /** Tells each change to the engine of the epoch at hand: a later one takes the place of the earlier. */
  follow(changed: () => void): void {
    this.#changed = changed;
  }
}
