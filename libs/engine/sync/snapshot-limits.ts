/** Chunks on the way or waiting to be verified and written: 128 KiB each. */
export const CHUNKS_AHEAD_MAX = 8;

/** Time without any part of the snapshot after which the blocks themselves are fetched, milliseconds. */
export const SNAPSHOT_STALL_MS = 60_000;

/** Time that peers get to have a snapshot of a new decision before the blocks are fetched, milliseconds. */
export const OFFER_WAIT_MS = 3_000;

/** Pause before the history below a snapshot is asked for, and between looks whether it can go on, milliseconds. */
export const HISTORY_PAUSE_MS = 1_000;
