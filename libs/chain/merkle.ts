import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { sha256 } from '#libs/bytes/sha256.ts';

/** The proof that a leaf lies under a root. Sizes and positions are u64 on the wire. */
export interface InclusionClaim {
  readonly root: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  /** Sibling hashes from the leaf to the root. */
  readonly path: readonly Uint8Array[];
}

const HASH_BYTES = 32;
const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Root of a tree without leaves: SHA-256 of nothing (RFC 6962, 2.1). */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array());
}

/** Hash of a leaf: its prefix differs from that of a node, so that no node passes for a leaf. */
export function leafHash(data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input[0] = LEAF_PREFIX;
  input.set(data, 1);
  return sha256(input);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE_PREFIX;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** Root over leaf hashes (RFC 6962, 2.1). */
export function merkleRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  const [only] = leafHashes;
  if (only === undefined) return emptyRoot();
  if (leafHashes.length === 1) return only;
  const middle = splitOf(leafHashes.length);
  return nodeHash(merkleRoot(leafHashes.slice(0, middle)), merkleRoot(leafHashes.slice(middle)));
}

/** Audit path of the leaf at `index`, from the leaf to the root (RFC 6962, 2.1.1). */
export function inclusionProof(leafHashes: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  assert(Number.isInteger(index) && index >= 0 && index < leafHashes.length, `no leaf at ${index}`);
  if (leafHashes.length === 1) return [];
  const middle = splitOf(leafHashes.length);
  const left = leafHashes.slice(0, middle);
  const right = leafHashes.slice(middle);
  return index < middle
    ? [...inclusionProof(left, index), merkleRoot(right)]
    : [...inclusionProof(right, index - middle), merkleRoot(left)];
}

/**
 * Whether `path` proves that `leafHash` is leaf `index` of the tree of `size` leaves under `root`
 * (RFC 9162, 2.1.3.2). A path that is too short or too long is refused, not cut.
 */
export function verifyInclusion({ root, leafHash: leaf, index, size, path }: InclusionClaim): boolean {
  if (index < 0n || index >= size) return false;
  let hash = leaf;
  let used = 0;
  for (let position = index, last = size - 1n; last > 0n; position >>= 1n, last >>= 1n) {
    if (position === last && !isOdd(position)) continue; // A node without a partner rises unchanged.
    const sibling = path[used];
    if (sibling?.length !== HASH_BYTES) return false;
    hash = isOdd(position) ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    used += 1;
  }
  return used === path.length && equalBytes(hash, root);
}

/** The largest power of two below `count`: where RFC 6962 splits a tree of more than one leaf. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

function isOdd(value: bigint): boolean {
  return (value & 1n) === 1n;
}
