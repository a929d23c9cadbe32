/** Pause before a damaged block is asked for again, of another member; doubles while none has it, milliseconds. */
export const REFETCH_MS_MIN = 1_000;
export const REFETCH_MS_MAX = 60_000;

/** Pause after a start, in which the disk has better things to do, milliseconds. */
export const CHECK_START_MS = 60_000;

/**
 * Pause between two looks at history, and the most that one look reads, except for a larger block: 1 % of a slow
 * disk.
 */
export const CHECK_PAUSE_MS = 1_000;
export const CHECK_BLOCKS_MAX = 16;
export const CHECK_BYTES_MAX = 1024 * 1024;

/** Pause from the end of one pass over all of history to the next, milliseconds. */
export const CHECK_PASS_MS = 86_400_000;
