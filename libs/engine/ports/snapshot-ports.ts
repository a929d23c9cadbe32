import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import type { StateOutline } from '#libs/chain/state-chunks.ts';
import type { StateSection } from '#libs/chain/state-sections.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';

/** The transactions up to and with a final block. */
export interface TransactionState {
  readonly block: Block;
  readonly outline: StateOutline;
}

/** The state as of a final block: a member continues from it without the blocks below. */
export interface Snapshot extends TransactionState {
  /** The other sections of the state, in the order of their tags; the state root names them all. */
  readonly others: readonly StateSection[];
}

/** A snapshot that this member takes: the block is decided, and the outline proved. */
export interface StagedSnapshot extends Snapshot {
  /** Commit certificate of the block. */
  readonly certificate: QuorumCertificate;
}

/** The blocks to fetch below a snapshot once it is taken. */
export interface HistoryGap {
  /** The highest final block below the gap. */
  readonly tip: { readonly header: BlockHeader; readonly digest: Digest };
  /** Commit certificate of the block of the snapshot, the first one above the gap. */
  readonly base: QuorumCertificate;
}

/** Snapshots in the store of the chain: given to others, taken in parts, and filled up with history afterwards. */
export interface SnapshotPort {
  /** Undefined when the block is not held. */
  snapshotAt(height: Height): TransactionState | undefined;
  /** Transaction hashes of one chunk of the state up to and with the block at this height; undefined when not held. */
  chunkAt(height: Height, number: number): Uint8Array | undefined;

  /** The snapshot that is being taken; it and its chunks outlive this process. */
  staged(): StagedSnapshot | undefined;
  /** Replaces the one before. Its chunks stay: they are true of every later state. @throws ChainError CHAIN_FORK. */
  stage(snapshot: StagedSnapshot): void;
  /** Gives up taking a snapshot. */
  unstage(): void;
  /** Numbers of the chunks of the staged snapshot that are not held, ascending. */
  missingChunks(): readonly number[];
  /** Keeps a verified chunk of the staged snapshot. */
  putChunk(number: number, hashes: Uint8Array): void;
  /** Makes the block of the staged snapshot the tip. All chunks are held. */
  install(): void;

  /** The gap below the snapshot that was installed; undefined when every final block is held. */
  history(): HistoryGap | undefined;
  /** State tree up to and with `history().tip`. */
  historyFrontier(): Frontier | undefined;
  /** Whether a transaction is in a final block that is held: below the gap, or above it. */
  isRecorded(transaction: Digest): boolean;
  /** Adds blocks that grow out of `history().tip`, lowest first; the certificate is that of the last, and verified. */
  fill(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void;
}
