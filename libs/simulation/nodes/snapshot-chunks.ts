import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, toDigest } from '#libs/chain/ids.ts';
import { CHUNK_TRANSACTIONS, chunkCount, chunkRoot, type StateOutline } from '#libs/chain/state-chunks.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';

export const HASH_BYTES = 32;

/** The roots of all chunks of the state after a block. */
export function outlineOf({ frontier, transactions }: HeldBlock): StateOutline {
  const hashes = [...transactions];
  const { size } = frontier;
  return {
    size,
    roots: Array.from({ length: chunkCount(size) }, (_, number) => chunkRoot(chunkOf(hashes, number))),
  };
}

/** The hashes of one chunk, one after the other. */
export function chunkOf(hashes: readonly Digest[], number: number): Uint8Array {
  const start = number * CHUNK_TRANSACTIONS;
  return Uint8Array.from(
    hashes.slice(start, start + CHUNK_TRANSACTIONS).flatMap((hash) => [...digestBytes(hash)]),
  );
}

export function hashesIn(chunk: Uint8Array): readonly Digest[] {
  return Array.from({ length: chunk.length / HASH_BYTES }, (_, at) =>
    toDigest(toHex(chunk.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))),
  );
}
