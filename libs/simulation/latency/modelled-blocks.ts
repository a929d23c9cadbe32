import { assert } from '#libs/assert/assert.ts';
import type { Block } from '#libs/chain/block.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import { type BlockWithFrontier, buildBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { HEADER_EXTENSIONS } from '#libs/chain/header-extensions.ts';
import { type Digest, toEpoch } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Position } from '#libs/protocol/vote/position.ts';

/** The content of a block, and its time. */
export interface BlockContent {
  readonly transactions: readonly Transaction[];
  readonly nowMs: number;
}

/** The blocks of the model, which all members hold: honest members make valid ones, and nobody judges. */
export class ModelledBlocks {
  readonly genesis = genesisBlock({ genesisTimeMs: 0n });
  readonly #held = new Map<Digest, BlockWithFrontier>([
    [this.genesis.digest, { block: this.genesis, frontier: EMPTY_FRONTIER }],
  ]);

  build({ view }: Position, draft: BlockDraft, { transactions, nowMs }: BlockContent): Block {
    const { mode, timestampMs, proposer, parent: digest, extension } = draft;
    const parent = this.held(digest);
    const below = new Set(this.branch(digest, 0n).flatMap((block) => block.transactions));
    const held = buildBlock({
      ...{ parent: parent.block, frontier: parent.frontier, root: 'same-block', epoch: toEpoch(0n) },
      ...{ view, proposer, nowMs: timestampMs ?? BigInt(Math.ceil(nowMs)) },
      transactions: mode === 'empty' ? [] : transactions.filter((each) => !below.has(each)),
      extensions: extension === undefined ? [] : [{ tag: HEADER_EXTENSIONS.protocol, content: extension }],
    });
    this.#held.set(held.block.digest, held);
    return held.block;
  }

  /** A block and its ancestors above a height, newest first. */
  branch(digest: Digest, above: bigint): readonly Block[] {
    const found: Block[] = [];
    let { block } = this.held(digest);
    while (block.header.height > above) {
      found.push(block);
      block = this.held(block.header.parent).block;
    }
    return found;
  }

  held(digest: Digest): BlockWithFrontier {
    const held = this.#held.get(digest);
    assert(held !== undefined, 'every block of the model was made in it');
    return held;
  }
}
