/** Blocks behind a proved decision from which on a snapshot is taken: below, the blocks themselves take some seconds. */
export const SNAPSHOT_BLOCKS_DEFAULT = 10_000;

/** Chunks of a snapshot: half a billion transactions, and roots of 4 MiB beside the block in one message. */
export const SNAPSHOT_CHUNKS_MAX = 131_072;

/**
 * Content of the other sections of a state, in one message with the block and the roots: 30,000 votes for small changes. A state
 * with more, which takes liars that vote for the exchange of hundreds, is given by its blocks.
 */
export const SECTIONS_BYTES_MAX = 6 * 1024 * 1024;

/** Sections of a state beside that of its transactions: more than there are kinds. */
export const SECTIONS_MAX = 16;

/** Chunks on the way or waiting to be verified and written: 128 KiB each. */
export const CHUNKS_AHEAD_MAX = 8;

/** Without any part of the snapshot for so long the blocks themselves are fetched, milliseconds. */
export const SNAPSHOT_STALL_MS = 60_000;

/** For so long peers may have no snapshot of a decision that is new, before the blocks are fetched, milliseconds. */
export const OFFER_WAIT_MS = 3_000;

/** Before the history below a snapshot is asked for, and between looks whether it can go on, milliseconds. */
export const HISTORY_PAUSE_MS = 1_000;
