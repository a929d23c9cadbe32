import { assert } from '#libs/assert/assert.ts';
import { BatchProofs, type InclusionProof } from '#libs/chain/batch-proofs.ts';
import { EMPTY_FRONTIER, type Frontier } from '#libs/chain/frontier.ts';
import type { Height } from '#libs/chain/ids.ts';
import { leafHash } from '#libs/chain/merkle.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { PROVEN_BLOCKS_MAX } from './limits.ts';

export interface ProvableBlock {
  readonly transactions: readonly Uint8Array[];
  /** The state tree before it. */
  readonly before: Frontier;
}

interface ProvenBlock {
  readonly transactions: readonly Uint8Array[];
  readonly payload: BatchProofs;
  readonly state: BatchProofs;
}

export interface ProvenTransaction {
  readonly transaction: Uint8Array;
  /** Against the payload root of its block. */
  readonly payloadProof: InclusionProof;
  /** Against the state root of its block. */
  readonly stateProof: InclusionProof;
}

/** Proofs of the transactions of some final blocks. The newest asked for are kept: each costs a hash per transaction. */
export class ProvenBlocks {
  readonly #recent = new Map<Height, ProvenBlock>();

  /** `load` gives the block; undefined when it cannot. */
  transaction(
    height: Height,
    index: number,
    load: () => ProvableBlock | undefined,
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
      stateProof: block.state.proofOf(index),
    };
  }
}

function prove(provable: ProvableBlock | undefined): ProvenBlock | undefined {
  if (provable === undefined) return undefined;
  const { transactions, before } = provable;
  return {
    transactions,
    payload: new BatchProofs(EMPTY_FRONTIER, transactions.map(leafHash)),
    state: new BatchProofs(before, transactions.map(stateLeafOf)),
  };
}
