import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { emptyRoot, inclusionProof, leafHash, merkleRoot, verifyInclusion } from './merkle.ts';

interface Vectors {
  readonly emptyRoot: string;
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly paths: readonly {
    readonly index: number;
    readonly size: number;
    readonly path: readonly string[];
  }[];
}

const SIZE_MAX = 130;
const vectors = JSON.parse(
  readFileSync(new URL('../../test/vectors/merkle.json', import.meta.url), 'utf8'),
) as Vectors;

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(`not hex: ${hex}`);
const numbered = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));

describe('the tree of Certificate Transparency', () => {
  const leaves = vectors.leaves.map((leaf) => leafHash(bytesOf(leaf)));

  test('has the known empty root', () => {
    assert.equal(toHex(emptyRoot()), vectors.emptyRoot);
    assert.equal(toHex(merkleRoot([])), vectors.emptyRoot);
  });

  for (const [index, root] of vectors.roots.entries()) {
    test(`has the known root of ${index + 1} leaves`, () => {
      assert.equal(toHex(merkleRoot(leaves.slice(0, index + 1))), root);
    });
  }

  for (const { index, size, path } of vectors.paths) {
    test(`has the known path of leaf ${index} of ${size}`, () => {
      assert.deepEqual(inclusionProof(leaves.slice(0, size), index).map(toHex), path);
    });
  }
});

describe('verifyInclusion', () => {
  test('accepts every leaf of every size, at its own position only', () => {
    for (let size = 1; size <= SIZE_MAX; size++) {
      const leaves = numbered(size);
      const root = merkleRoot(leaves);
      for (const [index, leaf] of leaves.entries()) {
        const claim = {
          root,
          leafHash: leaf,
          index: BigInt(index),
          size: BigInt(size),
          path: inclusionProof(leaves, index),
        };
        assert.ok(verifyInclusion(claim), `leaf ${index} of ${size}`);
        assert.ok(!verifyInclusion({ ...claim, index: BigInt((index + 1) % (size + 1)) }));
      }
    }
  });

  const anyLeaf = fc
    .integer({ min: 2, max: SIZE_MAX })
    .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

  test('refuses a proof with any one bit flipped', () => {
    fc.assert(
      fc.property(anyLeaf, fc.nat(), fc.nat(255), ({ size, index }, which, bit) => {
        const leaves = numbered(size);
        const parts = [merkleRoot(leaves), ...inclusionProof(leaves, index), leaves[index]!];
        const bent = parts.map((part) => Uint8Array.from(part));
        bent[which % bent.length]![bit >> 3]! ^= 1 << (bit & 7);
        const [root, ...rest] = bent;
        const path = rest.slice(0, -1);
        const leaf = rest.at(-1)!;
        const claim = { root: root!, leafHash: leaf, index: BigInt(index), size: BigInt(size), path };
        assert.ok(!verifyInclusion(claim));
      }),
    );
  });

  test('refuses a path that is longer or shorter than the tree is high', () => {
    fc.assert(
      fc.property(anyLeaf, ({ size, index }) => {
        const leaves = numbered(size);
        const path = inclusionProof(leaves, index);
        const claim = {
          root: merkleRoot(leaves),
          leafHash: leaves[index]!,
          index: BigInt(index),
          size: BigInt(size),
        };
        assert.ok(!verifyInclusion({ ...claim, path: path.slice(1) }));
        assert.ok(!verifyInclusion({ ...claim, path: path.slice(0, -1) }));
        assert.ok(!verifyInclusion({ ...claim, path: [...path, leaves[0]!] }));
        assert.ok(!verifyInclusion({ ...claim, path: path.map((hash) => hash.slice(1)) }));
        assert.ok(!verifyInclusion({ ...claim, path: path.map((hash) => Uint8Array.of(...hash, 0)) }));
      }),
    );
  });

  test('refuses positions outside of the tree', () => {
    const [leaf] = numbered(1);
    const claim = { root: leaf!, leafHash: leaf!, index: 0n, size: 1n, path: [] };
    assert.ok(verifyInclusion(claim));
    assert.ok(!verifyInclusion({ ...claim, index: 1n }));
    assert.ok(!verifyInclusion({ ...claim, index: -1n }));
    assert.ok(!verifyInclusion({ ...claim, size: 0n }));
  });

  test('does not take a node for a leaf', () => {
    const leaves = numbered(4);
    const node = merkleRoot(leaves.slice(0, 2));
    const claim = { root: merkleRoot(leaves), leafHash: leafHash(node), index: 0n, size: 2n };
    assert.ok(!verifyInclusion({ ...claim, path: [merkleRoot(leaves.slice(2))] }));
  });
});

test('an inclusion proof of a leaf that is not there is our mistake', () => {
  assert.throws(() => inclusionProof(numbered(3), 3), /no leaf at 3/);
  assert.throws(() => inclusionProof([], 0), /no leaf at 0/);
});
