import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '#libs/bytes/hex.ts';
import {
  appendLeaves,
  decodeFrontier,
  EMPTY_FRONTIER,
  encodeFrontier,
  type Frontier,
  frontierRoot,
  inclusionPath,
  type NodeLookup,
  peaksOf,
} from './frontier.ts';
import { inclusionProof, leafHash, merkleRoot } from './merkle.ts';

const SIZE_MAX = 130;
const numbered = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));

/** A tree of `leaves`, and all complete subtrees that its making told of. */
function grown(leaves: readonly Uint8Array[]): { frontier: Frontier; nodeAt: NodeLookup } {
  const nodes = new Map<string, Uint8Array>();
  const frontier = appendLeaves(EMPTY_FRONTIER, leaves, ({ level, index, hash }) => {
    assert.ok(!nodes.has(`${level}/${index}`), 'a subtree is completed once');
    nodes.set(`${level}/${index}`, hash);
  });
  const nodeAt: NodeLookup = (level, index) =>
    nodes.get(`${level}/${index}`) ?? assert.fail(`no node ${level}/${index}`);
  return { frontier, nodeAt };
}

describe('frontier', () => {
  test('has the root of the whole tree at every size', () => {
    const leaves = numbered(SIZE_MAX);
    let frontier = EMPTY_FRONTIER;
    assert.deepEqual(frontierRoot(frontier), merkleRoot([]));
    for (const [index, leaf] of leaves.entries()) {
      frontier = appendLeaves(frontier, [leaf]);
      assert.equal(toHex(frontierRoot(frontier)), toHex(merkleRoot(leaves.slice(0, index + 1))));
    }
    assert.equal(frontier.size, BigInt(SIZE_MAX));
  });

  test('is the same however the leaves are grouped', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 8 }), (counts) => {
        const leaves = numbered(counts.reduce((sum, count) => sum + count, 0));
        let frontier = EMPTY_FRONTIER;
        let from = 0;
        for (const count of counts) {
          frontier = appendLeaves(frontier, leaves.slice(from, from + count));
          from += count;
        }
        assert.deepEqual(frontier, appendLeaves(EMPTY_FRONTIER, leaves));
      }),
    );
  });

  test('leaves the frontier that it extends as it was', () => {
    const before = appendLeaves(EMPTY_FRONTIER, numbered(3));
    const copy = structuredClone(before);
    appendLeaves(before, numbered(5));
    assert.deepEqual(before, copy);
  });
});

describe('inclusionPath', () => {
  test('is the path of RFC 6962 for every leaf at every earlier size, from the newest nodes', () => {
    const leaves = numbered(SIZE_MAX);
    const { nodeAt } = grown(leaves);
    for (let size = 1; size <= SIZE_MAX; size++) {
      for (let index = 0; index < size; index++) {
        assert.deepEqual(
          inclusionPath(BigInt(index), BigInt(size), nodeAt),
          inclusionProof(leaves.slice(0, size), index),
          `leaf ${index} of ${size}`,
        );
      }
    }
  });

  test('looks up at most two nodes for each level', () => {
    const size = 2n ** 40n - 1n;
    let asked = 0;
    inclusionPath(2n ** 39n + 12_345n, size, () => {
      asked += 1;
      return new Uint8Array(32);
    });
    assert.ok(asked <= 80, `${asked} look-ups`);
  });

  test('refuses a leaf outside of the tree', () => {
    const { nodeAt } = grown(numbered(4));
    assert.throws(() => inclusionPath(4n, 4n, nodeAt), /no leaf at 4/);
  });
});

test('peaksOf names each peak by its place in the tree', () => {
  const leaves = numbered(SIZE_MAX);
  const { nodeAt } = grown(leaves);
  for (let size = 0; size <= SIZE_MAX; size++) {
    const frontier = appendLeaves(EMPTY_FRONTIER, leaves.slice(0, size));
    for (const { level, index, hash } of peaksOf(frontier)) assert.deepEqual(nodeAt(level, index), hash);
  }
  assert.throws(() => peaksOf({ size: 3n, peaks: leaves.slice(0, 1) }), /a peak for each bit/);
});

describe('canonical bytes of a frontier', () => {
  test('come back as the same frontier at every size', () => {
    for (let size = 0; size <= SIZE_MAX; size++) {
      const { frontier } = grown(numbered(size));
      assert.deepEqual(decodeFrontier(encodeFrontier(frontier)), frontier);
    }
  });

  test('are refused when cut, longer, or of another size than their peaks', () => {
    const bytes = encodeFrontier(grown(numbered(7)).frontier);
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodeFrontier(bytes.slice(0, length)), undefined);
    }
    assert.equal(decodeFrontier(Uint8Array.of(...bytes, 0)), undefined);
    const other = Uint8Array.from(bytes);
    other[7] = 8;
    assert.equal(decodeFrontier(other), undefined);
  });
});
