import { assert } from '#libs/assert/assert.ts';
import type { BlockHeader } from '#libs/chain/block.ts';
import { type Digest, type Height, toHeight } from '#libs/chain/ids.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { FinalTransaction, TransactionPosition } from '../../core/ports.ts';
import type { HeldBlocks } from './held-blocks.ts';
import type { HistoryStore } from './history-store.ts';
import { type BlockWithState, ProvenBlocks } from './proven-blocks.ts';

/** Final blocks and transactions with what proves them. */
export class FinalProofs {
  readonly #history: HistoryStore;
  readonly #held: HeldBlocks;
  readonly #proven = new ProvenBlocks();

  constructor(history: HistoryStore, held: HeldBlocks) {
    this.#history = history;
    this.#held = held;
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    const block = this.#held.blockAt(height);
    const proof = block && this.#history.proofFrom(height);
    if (block === undefined || proof === undefined) return undefined;
    const descendants: BlockHeader[] = [];
    for (let above = height + 1n; above <= proof.height; above++) {
      const header = this.#history.headerAt(toHeight(above));
      if (header === undefined) return undefined;
      descendants.push(header);
    }
    return { block, certificate: proof.certificate, descendants };
  }

  transaction(hash: Digest, { height, index }: TransactionPosition): FinalTransaction | undefined {
    const found = this.#history.read(height, () => {
      const proven = this.#proven.transaction(height, index, () => this.#provable(height));
      const isIt = proven === undefined || proven.transaction.hash === hash;
      assert(isIt, `transaction ${index} of block ${height} is not the one that it is said to be`);
      return proven;
    });
    return found && { ...found, height, index };
  }

  /** A block with the state before and after it; undefined when either cannot be read. */
  #provable(height: Height): BlockWithState | undefined {
    const block = this.#held.blockAt(height);
    const before = this.#history.frontierAt(toHeight(height - 1n));
    const after = this.#history.frontierAt(height);
    return block && before && after && { transactions: block.transactions, before, after };
  }
}
