import type { Digest, Height, MemberIndex } from './ids.ts';

/**
 * The transactions that a block is to hold. `full`: the waiting ones, as many as the limits allow. `empty`: none but those
 * that the chain itself demands at its height.
 */
export type DraftMode = 'full' | 'empty';

/** A block before it is made, as a protocol asks for it. */
export interface BlockDraft {
  readonly mode: DraftMode;
  /** Milliseconds since 1970 where the protocol decides it; undefined leaves it to the clock of the member that makes the block. */
  readonly timestampMs: bigint | undefined;
  /** The proposer that the header names. */
  readonly proposer: MemberIndex;
  readonly height: Height;
  readonly parent: Digest;
  /** The word of the protocol in the header (`HEADER_EXTENSIONS.protocol`); none when left out. */
  readonly extension?: Uint8Array;
}

/** A draft whose time is settled: the application is told it. */
export interface TimedDraft extends BlockDraft {
  readonly timestampMs: bigint;
}
