import { toHex } from '#libs/bytes/hex.ts';
import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import {
  chunkLength,
  chunkRoot,
  outlineFault,
  provingChunks,
  type StateOutline,
} from '#libs/chain/state-chunks.ts';
import { orderFault, sectionRoot } from '#libs/chain/state-sections.ts';
import { isBodyOf } from '../blocks/range-check.ts';
import { SNAPSHOT_CHUNKS_MAX } from '../ports/message-limits.ts';
import type { Snapshot } from '../ports/snapshot-ports.ts';

const HASH_BYTES = 32;

/**
 * A snapshot that one peer offers. Its block is proved to be decided, but the outline of its state may still be
 * cut at false places: so the offering peer has to bring the chunks that prove the outline, before other peers
 * are asked for its chunks. From then on a peer that brings a false chunk lies, and nobody else is blamed.
 */
export class SnapshotOffer {
  readonly snapshot: Snapshot;
  readonly peer: MemberIndex;
  readonly #chunks = new Map<number, Uint8Array>();
  readonly #proving: readonly number[];

  constructor(snapshot: Snapshot, peer: MemberIndex) {
    this.snapshot = snapshot;
    this.peer = peer;
    this.#proving = provingChunks(snapshot.outline.roots.length);
  }

  /** Verified so far. */
  get chunks(): ReadonlyMap<number, Uint8Array> {
    return this.#chunks;
  }

  /** Numbers of the chunks that still have to prove it. */
  get open(): readonly number[] {
    return this.#proving.filter((number) => !this.#chunks.has(number));
  }

  add(number: number, hashes: Uint8Array): void {
    this.#chunks.set(number, hashes);
  }
}

/** The fault of an offer for the decided block of this digest, or undefined: then only its cuts may be false. */
export function offerFault({ block, outline, others }: Snapshot, decided: Digest): string | undefined {
  if (block.digest !== decided) return 'snapshot of another block';
  if (!isBodyOf(block)) return 'transactions of another block';
  if (outline.roots.length > SNAPSHOT_CHUNKS_MAX) return 'snapshot larger than this version takes';
  return orderFault(others) ?? outlineFault(outline, block.header.stateRoot, others.map(sectionRoot));
}

/** The fault of a chunk, or undefined: then its transactions stand at these places, if the outline is proved. */
export function chunkFault(
  hashes: Uint8Array,
  number: number,
  { size, roots }: StateOutline,
): string | undefined {
  const root = roots[number];
  const length = chunkLength(number, size) * HASH_BYTES;
  if (root === undefined || hashes.length !== length) return 'chunk of another length';
  return toHex(chunkRoot(hashes)) === toHex(root) ? undefined : 'chunk of another state';
}
