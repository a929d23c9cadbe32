import type { Block } from '#libs/chain/block.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { UNDECIDED_HEADERS_MAX } from './block-limits.ts';

type Undecided = Pick<Block, 'header' | 'digest'>;

/** Remembers which blocks are held and not final, to tell which of them lose. The oldest is forgotten beyond the bound. */
export class UndecidedHeaders {
  readonly #held = new Map<Digest, Undecided>();

  add({ header, digest }: Block): void {
    this.#held.set(digest, { header, digest });
    const [oldest] = this.#held.keys();
    if (this.#held.size > UNDECIDED_HEADERS_MAX && oldest !== undefined) this.#held.delete(oldest);
  }

  /** Handles blocks that became final, lowest first. @returns the undecided blocks that lost against them. */
  finalised(blocks: readonly Block[]): readonly Undecided[] {
    const height = blocks.at(-1)?.header.height ?? 0n;
    for (const { digest } of blocks) this.#held.delete(digest);
    const lost = [...this.#held.values()].filter(({ header }) => header.height <= height);
    for (const { digest } of lost) this.#held.delete(digest);
    return lost;
  }
}
