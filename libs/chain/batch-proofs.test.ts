import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BatchProofs } from './batch-proofs.ts';
import { appendLeaves, EMPTY_FRONTIER } from './frontier.ts';
import { inclusionProof, leafHash, merkleRoot, verifyInclusion } from './merkle.ts';

const SIZE_MAX = 40;
const leaves = Array.from({ length: SIZE_MAX }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));

describe('BatchProofs', () => {
  test('proves every leaf of every batch at every place in the tree', () => {
    for (let first = 0; first < SIZE_MAX; first++) {
      const before = appendLeaves(EMPTY_FRONTIER, leaves.slice(0, first));
      for (let end = first + 1; end <= SIZE_MAX; end++) {
        const all = leaves.slice(0, end);
        const proofs = new BatchProofs(before, leaves.slice(first, end));
        for (let index = first; index < end; index++) {
          const proof = proofs.proofOf(index - first);
          assert.deepEqual(
            proof,
            { index: BigInt(index), size: BigInt(end), path: inclusionProof(all, index) },
            `leaf ${index} of ${first} to ${end}`,
          );
        }
      }
    }
  });

  test('leads to the root that a reader knows', () => {
    const before = appendLeaves(EMPTY_FRONTIER, leaves.slice(0, 13));
    const proof = new BatchProofs(before, leaves.slice(13, 20)).proofOf(6);
    const root = merkleRoot(leaves.slice(0, 20));
    assert.ok(verifyInclusion({ ...proof, root, leafHash: leaves[19]! }));
    assert.ok(!verifyInclusion({ ...proof, root, leafHash: leaves[18]! }));
  });

  test('has no proof for a leaf outside of the batch', () => {
    const proofs = new BatchProofs(EMPTY_FRONTIER, leaves.slice(0, 3));
    assert.throws(() => proofs.proofOf(3), /no leaf at 3/);
    assert.throws(() => proofs.proofOf(-1), /no leaf at -1/);
  });
});
