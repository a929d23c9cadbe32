import { assert } from '#libs/assert/assert.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, peakPlaces } from './frontier.ts';
import type { Digest } from './ids.ts';
import { emptyRoot, leafHash, merkleRoot } from './merkle.ts';
import { type SectionRoot, stateRootOf } from './section-roots.ts';

/** Transactions of one chunk, a power of two: then each complete chunk is a complete subtree of the state tree. */
export const CHUNK_TRANSACTIONS = 4_096;

const HASH_BYTES = 32;
export const CHUNK_BYTES = CHUNK_TRANSACTIONS * HASH_BYTES;

/** The state as of some block: how many transactions, and the roots of the chunks of their hashes, in order. */
export interface StateOutline {
  readonly size: bigint;
  /** One root for each chunk; the last chunk holds the rest. */
  readonly roots: readonly Uint8Array[];
}

/** How many chunks a state has. */
export function chunkCount(size: bigint): number {
  return Number((size + BigInt(CHUNK_TRANSACTIONS) - 1n) / BigInt(CHUNK_TRANSACTIONS));
}

/** How many chunks of a state are not short; they are the first ones. */
export function completeChunks(size: bigint): number {
  return Number(size / BigInt(CHUNK_TRANSACTIONS));
}

/** Transactions in the chunk of this number; only the last may be short. */
export function chunkLength(number: number, size: bigint): number {
  return Math.min(CHUNK_TRANSACTIONS, Number(size) - number * CHUNK_TRANSACTIONS);
}

/** Root over a chunk: transaction hashes of 32 bytes, one behind the other. */
export function chunkRoot(hashes: Uint8Array): Uint8Array {
  return merkleRoot(leavesOf(hashes));
}

/**
 * The fault of an outline of the state with this root and these other sections, or undefined. The root does not
 * cover the size, so an outline without a fault may still be of another shape: it is proved once the chunks of
 * `provingChunks` are verified.
 */
export function outlineFault(
  { size, roots }: StateOutline,
  stateRoot: Digest,
  others: readonly SectionRoot[] = [],
): string | undefined {
  if (roots.length !== chunkCount(size)) return 'outline of another size';
  if (roots.some((root) => root.length !== HASH_BYTES)) return 'root of another length';
  const root = roots.length === 0 ? emptyRoot() : merkleRoot(roots);
  return stateRootOf(root, others) === stateRoot ? undefined : 'outline of another state';
}

/**
 * The chunks that together prove the shape of an outline: the last one, and the first of each complete subtree to its
 * left. A chunk is verified down to its leaves, so its depth is true; everything to the left of the way to the last leaf
 * is complete subtrees, and the depth of one chunk is the depth of all in it (RFC 6962, 2.1). So the number of leaves
 * is true, and with it the place of every chunk.
 */
export function provingChunks(count: number): readonly number[] {
  if (count === 0) return [];
  const firsts = peakPlaces(BigInt(count - 1)).map(({ level, index }) => Number(index << BigInt(level)));
  return [count - 1, ...firsts];
}

/** The frontier of a proved outline; `last` are the hashes of its last chunk when that is short, or nothing. */
export function frontierOfOutline({ size, roots }: StateOutline, last: Uint8Array): Frontier {
  const complete = roots.slice(0, completeChunks(size));
  const short = leavesOf(last);
  assert(
    complete.length * CHUNK_TRANSACTIONS + short.length === Number(size),
    'the last chunk is of another length',
  );
  const peaks = [complete, short].flatMap((nodes) => appendLeaves(EMPTY_FRONTIER, nodes).peaks);
  return { size, peaks };
}

function leavesOf(hashes: Uint8Array): readonly Uint8Array[] {
  assert(hashes.length % HASH_BYTES === 0, 'hashes have 32 bytes each');
  return Array.from({ length: hashes.length / HASH_BYTES }, (_, at) =>
    leafHash(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
  );
}
