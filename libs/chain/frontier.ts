import { assert } from '#libs/assert/assert.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { emptyRoot, nodeHash } from './merkle.ts';
import { putRoots, type SectionRoot, takeRoots } from './section-roots.ts';

/**
 * All that is needed to append to a Merkle tree and to know its root: the roots of its complete subtrees,
 * from left to right, one for each bit that is set in `size`. At most 64 hashes for any chain.
 */
export interface Frontier {
  /** Leaves so far. */
  readonly size: bigint;
  readonly peaks: readonly Uint8Array[];
  /** Roots of the other sections of the state, where there are any (state-sections.ts). */
  readonly others?: readonly SectionRoot[];
}

export interface TreePlace {
  readonly level: number;
  readonly index: bigint;
}

/** A complete subtree: 2^level leaves, the first of which is leaf `index << level`. */
export interface TreeNode extends TreePlace {
  readonly hash: Uint8Array;
}

/** Finds a complete subtree that some append made; asked for nothing else. */
export type NodeLookup = (level: number, index: bigint) => Uint8Array;

const HASH_BYTES = 32;
const SIZE_BYTES = 8;

export const EMPTY_FRONTIER: Frontier = { size: 0n, peaks: [] };

/**
 * The frontier after these leaf hashes. `visit` is told each complete subtree as it comes to be, leaves
 * included: with them and the peaks before, any of these leaves can be proved (`inclusionPath`).
 */
export function appendLeaves(
  frontier: Frontier,
  leafHashes: readonly Uint8Array[],
  visit: (node: TreeNode) => void = () => {},
): Frontier {
  const peaks = [...frontier.peaks];
  let { size } = frontier;
  for (const leaf of leafHashes) {
    let node: TreeNode = { level: 0, index: size, hash: leaf };
    visit(node);
    // Each peak that ends here merges with the node on its right, like a carry in binary addition.
    while ((node.index & 1n) === 1n) {
      const left = peaks.pop();
      assert(left !== undefined, 'a frontier has a peak for each bit of its size');
      node = { level: node.level + 1, index: node.index >> 1n, hash: nodeHash(left, node.hash) };
      visit(node);
    }
    peaks.push(node.hash);
    size += 1n;
  }
  return { size, peaks };
}

/** Root over all leaves so far; the same as `merkleRoot` over them. */
export function frontierRoot({ peaks }: Frontier): Uint8Array {
  return peaks.length === 0 ? emptyRoot() : peaks.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * Audit path of leaf `index` in the tree of the first `size` leaves, from its complete subtrees: at most two
 * look-ups for each level of the tree.
 */
export function inclusionPath(index: bigint, size: bigint, nodeAt: NodeLookup): readonly Uint8Array[] {
  assert(index >= 0n && index < size, `no leaf at ${index} of ${size}`);
  const path: Uint8Array[] = [];
  let level = 0;
  // Inside the complete subtree of the leaf every sibling is complete.
  while (((index >> BigInt(level)) | 1n) < size >> BigInt(level)) {
    path.push(nodeAt(level, (index >> BigInt(level)) ^ 1n));
    level += 1;
  }
  // Above the peak the tree is the chain of peaks: those on its right are folded into one, those on its left follow.
  const peaks = peakPlaces(size);
  const own = peaks.findIndex((peak) => peak.level === level);
  const hashOf = (peak: TreePlace) => nodeAt(peak.level, peak.index);
  const right = peaks.slice(own + 1).map(hashOf);
  if (right.length > 0) path.push(right.reduceRight((below, left) => nodeHash(left, below)));
  return [...path, ...peaks.slice(0, own).map(hashOf).reverse()];
}

/** The complete subtrees that a frontier is made of, from left to right. */
export function peaksOf({ size, peaks }: Frontier): readonly TreeNode[] {
  const places = peakPlaces(size);
  assert(places.length === peaks.length, 'a frontier has a peak for each bit of its size');
  return peaks.map((hash, at) => ({ level: places[at]?.level ?? 0, index: places[at]?.index ?? 0n, hash }));
}

/** Canonical bytes: size, then the peaks from left to right, then the roots of the other sections. */
export function encodeFrontier({ size, peaks, others = [] }: Frontier): Uint8Array {
  const encoder = new Encoder().u64(size);
  for (const peak of peaks) encoder.fixed(peak, HASH_BYTES);
  return putRoots(encoder, others).finish();
}

/** Reads the output of `encodeFrontier`; undefined for other bytes. */
export function decodeFrontier(bytes: Uint8Array): Frontier | undefined {
  if (bytes.length < SIZE_BYTES) return undefined;
  const size = Buffer.from(bytes.buffer, bytes.byteOffset, SIZE_BYTES).readBigUInt64BE();
  const count = peakPlaces(size).length;
  const end = SIZE_BYTES + count * HASH_BYTES;
  const others = bytes.length < end ? undefined : takeRoots(bytes.subarray(end));
  if (others === undefined) return undefined;
  const peaks = Array.from({ length: count }, (_, index) =>
    bytes.slice(SIZE_BYTES + index * HASH_BYTES, SIZE_BYTES + (index + 1) * HASH_BYTES),
  );
  return others.length === 0 ? { size, peaks } : { size, peaks, others };
}

/** Where the peaks of a tree of `size` leaves are, from left to right. */
export function peakPlaces(size: bigint): readonly TreePlace[] {
  const nodes: TreePlace[] = [];
  for (let level = size.toString(2).length - 1; level >= 0; level--) {
    const index = size >> BigInt(level);
    if ((index & 1n) === 1n) nodes.push({ level, index: index - 1n });
  }
  return nodes;
}
