import { assert } from '#libs/assert/assert.ts';
import { appendLeaves, type Frontier, inclusionPath, peaksOf, type TreeNode } from './frontier.ts';
import type { InclusionPath } from './inclusion-path.ts';

/**
 * Proofs for leaves that were appended together, against the root right after them. Everything such a proof
 * needs is among the peaks before and the subtrees that the batch completed: a chain has to keep no tree, only
 * a frontier for each block.
 */
export class BatchProofs {
  readonly #first: bigint;
  readonly #size: bigint;
  /**
   * For each level the subtrees side by side, from the peak before the batch (if there is one) to the last of the
   * batch.
   */
  readonly #levels: Row[] = [];

  constructor(before: Frontier, leafHashes: readonly Uint8Array[]) {
    for (const peak of peaksOf(before)) this.#keep(peak);
    this.#first = before.size;
    this.#size = appendLeaves(before, leafHashes, (node) => this.#keep(node)).size;
  }

  /** Proof of the leaf at `position` in the batch. */
  proofOf(position: number): InclusionPath {
    const index = this.#first + BigInt(position);
    assert(position >= 0 && index < this.#size, `no leaf at ${position} of this batch`);
    const path = inclusionPath(index, this.#size, (level, at) => {
      const row = this.#levels[level];
      const hash = row?.hashes[Number(at - row.first)];
      assert(hash !== undefined, `no subtree ${level}/${at} in this batch`);
      return hash;
    });
    return { index, size: this.#size, path };
  }

  #keep({ level, index, hash }: TreeNode): void {
    const row = this.#levels[level];
    if (row === undefined) this.#levels[level] = { first: index, hashes: [hash] };
    else row.hashes.push(hash);
  }
}

interface Row {
  readonly first: bigint;
  readonly hashes: Uint8Array[];
}
