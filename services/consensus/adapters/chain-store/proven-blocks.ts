import { assert } from '#libs/assert/assert.ts';
import { BatchProofs } from '#libs/chain/batch-proofs.ts';
import { payloadLeaves } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER, type Frontier, frontierRoot } from '#libs/chain/frontier.ts';
import type { Height } from '#libs/chain/ids.ts';
import type { InclusionPath, StatePath } from '#libs/chain/inclusion-path.ts';
import { type SectionRoot, sectionRoots } from '#libs/chain/section-roots.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { PROVEN_BLOCKS_MAX } from './limits.ts';

interface ProvenBlock {
  readonly transactions: readonly Transaction[];
  readonly payload: BatchProofs;
  readonly state: BatchProofs;
  /** All sections of the state after it, where there are others than that of the transactions. */
  readonly sections: readonly SectionRoot[];
}

export interface ProvenTransaction {
  readonly transaction: Transaction;
  /** Against the payload root of its block. */
  readonly payloadProof: InclusionPath;
  /** Against the root of all transactions, which is the state root of its block where there are no sections. */
  readonly stateProof: StatePath;
}

/** A block with the state before and after it. */
export interface BlockWithState {
  readonly transactions: readonly Transaction[];
  readonly before: Frontier;
  readonly after: Frontier;
}

/** Proofs of the transactions of some final blocks. The newest asked for are kept: each costs a hash per transaction. */
export class ProvenBlocks {
  readonly #recent = new Map<Height, ProvenBlock>();

  /** `load` gives a block that is not kept; undefined when it cannot. */
  transaction(
    height: Height,
    index: number,
    load: () => BlockWithState | undefined,
  ): ProvenTransaction | undefined {
    const block = this.#recent.get(height) ?? prove(load());
    if (block === undefined) return undefined;
    this.#recent.delete(height);
    this.#recent.set(height, block);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > PROVEN_BLOCKS_MAX && oldest !== undefined) this.#recent.delete(oldest);
    const transaction = block.transactions[index];
    assert(transaction !== undefined, `block ${height} has no transaction ${index}`);
    return {
      transaction,
      payloadProof: block.payload.proofOf(index),
      stateProof: {
        ...block.state.proofOf(index),
        ...(block.sections.length === 0 ? {} : { sections: block.sections }),
      },
    };
  }
}

function prove(provable: BlockWithState | undefined): ProvenBlock | undefined {
  if (provable === undefined) return undefined;
  const { transactions, before, after } = provable;
  const { others = [] } = after;
  return {
    transactions,
    sections: others.length === 0 ? [] : sectionRoots(frontierRoot(after), others),
    payload: new BatchProofs(EMPTY_FRONTIER, payloadLeaves(transactions)),
    state: new BatchProofs(before, transactions.map(stateLeafOf)),
  };
}
