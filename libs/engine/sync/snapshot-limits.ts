/** Chunks on the way or waiting to be verified and written: 128 KiB each. */
export const CHUNKS_AHEAD_MAX = 8;

/** Without any part of the snapshot for so long the blocks themselves are fetched, milliseconds. */
export const SNAPSHOT_STALL_MS = 60_000;

/** For so long peers may have no snapshot of a decision that is new, before the blocks are fetched, milliseconds. */
export const OFFER_WAIT_MS = 3_000;

/** Before the history below a snapshot is asked for, and between looks whether it can go on, milliseconds. */
export const HISTORY_PAUSE_MS = 1_000;
