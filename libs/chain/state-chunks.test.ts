import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from './frontier.ts';
import { type Digest, toDigest } from './ids.ts';
import { leafHash, nodeHash } from './merkle.ts';
import {
  CHUNK_BYTES,
  CHUNK_TRANSACTIONS,
  chunkCount,
  chunkLength,
  chunkRoot,
  frontierOfOutline,
  outlineFault,
  provingChunks,
  type StateOutline,
} from './state-chunks.ts';
import { stateLeaf } from './state-leaf.ts';

const CHUNKS_MAX = 7;
const HASHES = Buffer.concat(
  Array.from({ length: CHUNKS_MAX * CHUNK_TRANSACTIONS }, (_, at) =>
    sha256(Buffer.from(`transaction ${at}`)),
  ),
);
const CHUNK_ROOTS = Array.from({ length: CHUNKS_MAX }, (_, at) => chunkRoot(chunk(at, HASHES.length / 32)));
const LEAVES = Array.from({ length: CHUNKS_MAX * CHUNK_TRANSACTIONS }, (_, at) =>
  stateLeaf(toDigest(toHex(HASHES.subarray(at * 32, at * 32 + 32)))),
);
const ROOTS = new Map<number, Digest>();
const SOME_SIZES = [1, 5, CHUNK_TRANSACTIONS - 1].flatMap((rest) =>
  [0, 1, 2, 3, 4, 5, 6].map((count) => count * CHUNK_TRANSACTIONS + rest),
);
const WHOLE_SIZES = [0, 1, 2, 3, 4, 5, 6, 7].map((count) => count * CHUNK_TRANSACTIONS);

function chunk(number: number, size: number): Uint8Array {
  return HASHES.subarray(number * CHUNK_BYTES, Math.min((number + 1) * CHUNK_BYTES, size * 32));
}

/** The outline of the first transactions, as an honest member makes it. */
function outlineOf(size: number): StateOutline {
  const count = chunkCount(BigInt(size));
  const whole = Math.floor(size / CHUNK_TRANSACTIONS);
  const roots = CHUNK_ROOTS.slice(0, whole);
  return { size: BigInt(size), roots: count > whole ? [...roots, chunkRoot(chunk(whole, size))] : roots };
}

/** The state root after the first transactions, by the rules of blocks. */
function rootOf(size: number): Digest {
  const known =
    ROOTS.get(size) ?? toDigest(toHex(frontierRoot(appendLeaves(EMPTY_FRONTIER, LEAVES.slice(0, size)))));
  ROOTS.set(size, known);
  return known;
}

describe('the outline of a state', () => {
  for (const size of [...SOME_SIZES, ...WHOLE_SIZES]) {
    test(`of ${size} transactions has the root of the state, and gives its frontier`, () => {
      const outline = outlineOf(size);
      assert.equal(outlineFault(outline, rootOf(size)), undefined);
      const short =
        size % CHUNK_TRANSACTIONS === 0 ? new Uint8Array() : chunk(outline.roots.length - 1, size);
      const frontier = frontierOfOutline(outline, short);
      assert.equal(frontier.size, BigInt(size));
      assert.equal(toHex(frontierRoot(frontier)), rootOf(size));
      const more = appendLeaves(frontier, [leafHash(Buffer.from('next'))]);
      assert.equal(more.size, BigInt(size + 1));
      assert.equal(
        outline.roots.reduce((sum, _, at) => sum + chunkLength(at, outline.size), 0),
        size,
      );
    });
  }

  test('is refused with another root, count or length', () => {
    const size = 2 * CHUNK_TRANSACTIONS + 9;
    const { roots } = outlineOf(size);
    const root = rootOf(size);
    const at = (changed: readonly Uint8Array[], of = BigInt(size)) =>
      outlineFault({ size: of, roots: changed }, root);
    assert.equal(at(roots.toReversed()), 'outline of another state');
    assert.equal(at(roots.slice(1)), 'outline of another size');
    assert.equal(at([...roots, roots[0]!]), 'outline of another size');
    assert.equal(at(roots, 9n), 'outline of another size');
    assert.equal(at([roots[0]!, roots[1]!, roots[2]!.subarray(1)]), 'root of another length');
    assert.equal(outlineFault({ size: 0n, roots: [] }, root), 'outline of another state');
  });
});

/**
 * A liar's offer in place of the true chunk roots: the same tree cut elsewhere. Some nodes are joined or split, so
 * that the root stays the same.
 */
function otherCut(roots: readonly Uint8Array[], cut: 'join' | 'split'): readonly Uint8Array[] {
  if (cut === 'join') {
    return roots.flatMap((root, at) => {
      const next = roots[at + 1];
      if (at % 2 === 1) return [];
      return next === undefined ? [root] : [nodeHash(root, next)];
    });
  }
  return roots.flatMap((_, at) => {
    const half = CHUNK_BYTES / 2;
    const hashes = chunk(at, Number.MAX_SAFE_INTEGER);
    return [chunkRoot(hashes.subarray(0, half)), chunkRoot(hashes.subarray(half))];
  });
}

describe('the chunks that prove an outline', () => {
  test('are the last and one for each complete subtree before it', () => {
    assert.deepEqual(provingChunks(0), []);
    assert.deepEqual(provingChunks(1), [0]);
    assert.deepEqual(provingChunks(2), [1, 0]);
    assert.deepEqual(provingChunks(4), [3, 0, 2]);
    assert.deepEqual(provingChunks(6), [5, 0, 4]);
    assert.deepEqual(provingChunks(8), [7, 0, 4, 6]);
    assert.ok(provingChunks(131_072).length <= 18);
  });

  test('A5-11 are not all to be had for six chunks that pass for seven, one of them cut in two', () => {
    const size = 6 * CHUNK_TRANSACTIONS;
    const [a, b, c, d, , f] = outlineOf(size).roots;
    const [left, right] = otherCut(CHUNK_ROOTS, 'split').slice(8, 10);
    const roots = [a!, b!, c!, d!, left!, right!, f!];
    assert.equal(outlineFault({ size: BigInt(7 * CHUNK_TRANSACTIONS), roots }, rootOf(size)), undefined);
    assert.ok(provingChunks(7).includes(4));
  });

  test('A5-11 are not all to be had for an outline that cuts the true tree at other places', () => {
    const sizes = [...SOME_SIZES.filter((size) => size > CHUNK_TRANSACTIONS), ...WHOLE_SIZES.slice(2)];
    fc.assert(
      fc.property(
        fc.constantFrom(...sizes),
        fc.constantFrom('join', 'split'),
        fc.nat(),
        (size, cut, salt) => {
          const truth = outlineOf(size);
          if (cut === 'split' && size % CHUNK_TRANSACTIONS !== 0) return;
          const roots = otherCut(truth.roots, cut);
          const claimed = BigInt((roots.length - 1) * CHUNK_TRANSACTIONS + 1 + (salt % CHUNK_TRANSACTIONS));
          const lie = { size: claimed, roots };
          if (outlineFault(lie, rootOf(size)) !== undefined) return;
          // A liar knows all true hashes; for every run of them that it offers, one of these chunks does not fit.
          const isToBeHad = (number: number) => {
            const wanted = toHex(roots[number]!);
            return truth.roots.some((root, at) => {
              const isAsLong = chunkLength(at, truth.size) === chunkLength(number, claimed);
              return isAsLong && toHex(root) === wanted;
            });
          };
          assert.ok(!provingChunks(roots.length).every(isToBeHad));
        },
      ),
      { numRuns: 200 },
    );
  });
});
