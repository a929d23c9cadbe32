import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import type { ChainEnd } from './chain-end.ts';
import type { HistoryStore } from './history-store.ts';
import type { Tables } from './tables.ts';

/** The blocks that are held, final or not, by their digests. */
export class HeldBlocks {
  readonly #tables: Tables;
  readonly #end: ChainEnd;
  readonly #history: HistoryStore;

  constructor(tables: Tables, end: ChainEnd, history: HistoryStore) {
    this.#tables = tables;
    this.#end = end;
    this.#history = history;
  }

  /** Height of a final block. */
  heightOf(digest: Digest): Height | undefined {
    return digest === this.#end.tip().digest ? this.#end.tip().height : this.#tables.blocks.heightOf(digest);
  }

  frontierOf(digest: Digest): Frontier | undefined {
    if (digest === this.#end.tip().digest) return this.#end.tip().frontier;
    const entry = this.#end.undecided.get(digest);
    if (entry !== undefined) return entry.frontier;
    const height = this.heightOf(digest);
    return height === undefined ? undefined : this.#history.frontierAt(height);
  }

  headerOf(digest: Digest): BlockHeader | undefined {
    if (digest === this.#end.tip().digest) return this.#end.tip().header;
    const entry = this.#end.undecided.get(digest);
    if (entry !== undefined) return entry.block.header;
    const height = this.heightOf(digest);
    return height === undefined ? undefined : this.#history.headerAt(height);
  }

  blockOf(digest: Digest): Block | undefined {
    const entry = this.#end.undecided.get(digest);
    if (entry !== undefined) return entry.block;
    const height = this.heightOf(digest);
    return height === undefined ? undefined : this.blockAt(height);
  }

  blockAt(height: Height): Block | undefined {
    return height > this.#end.tip().height ? undefined : this.#history.blockAt(height);
  }
}
