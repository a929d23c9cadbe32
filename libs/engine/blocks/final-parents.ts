import type { Block } from '#libs/chain/block.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { FINAL_PARENTS_MAX, WAITERS_PER_BLOCK_MAX } from './block-limits.ts';

interface Awaited {
  readonly height: Height;
  readonly waiters: (() => void)[];
}

/** Blocks that are held and must be final before another is judged upon them. Bounded: the oldest wish gives way. */
export class FinalParents {
  readonly #awaited = new Map<Digest, Awaited>();

  /** Calls `ready` once the block of this digest is final; never, if another of its height is. */
  wait(digest: Digest, height: Height, ready: () => void): void {
    const known = this.#awaited.get(digest);
    if (known !== undefined) {
      if (known.waiters.length < WAITERS_PER_BLOCK_MAX) known.waiters.push(ready);
      return;
    }
    const [oldest] = this.#awaited.keys();
    if (this.#awaited.size >= FINAL_PARENTS_MAX && oldest !== undefined) this.#awaited.delete(oldest);
    this.#awaited.set(digest, { height, waiters: [ready] });
  }

  /** These blocks are final now, the last of them at this height: those below and beside it are waited for no more. */
  finalised(blocks: readonly Block[], finalHeight: Height): void {
    const ready = blocks.flatMap(({ digest }) => this.#awaited.get(digest)?.waiters ?? []);
    for (const [digest, { height }] of this.#awaited) if (height <= finalHeight) this.#awaited.delete(digest);
    for (const each of ready) each();
  }
}
