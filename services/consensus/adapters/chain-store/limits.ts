/**
 * Undecided blocks that nothing refers to: losers of failed views, at most one for each view. Blocks that the safety
 * record refers to, and their ancestors, are kept without a limit: each cost a quorum's votes.
 */
export const STRAY_BLOCKS_MAX = 64;

/**
 * Blocks whose proofs are kept ready in memory: a client that asks for one transaction often asks for its
 * neighbour.
 */
export const PROVEN_BLOCKS_MAX = 4;

/**
 * Pages of 4 KiB in the write-ahead log after which SQLite moves them to the database within a commit. High, so
 * that it happens when the engine is idle (`checkpointWhenIdle`); but a member that is never idle needs it.
 */
export const CHECKPOINT_PAGES = 16_384;

/** Memory for pages of the database, KiB: the upper levels of the transaction index. */
export const CACHE_KIB = 16_384;

/** Free room that a start asks for: the largest block with its certificates, in the log and in the database, and some views. */
export const CHAIN_ROOM_BYTES_MIN = 16 * 1024 * 1024;

/** Damaged heights that are remembered; the oldest gives way, and is found again when it is read. */
export const DAMAGED_HEIGHTS_MAX = 1_024;

/**
 * Certificates that are looked at with each commit, of which most go. One does at the pace of the chain; the others are of a
 * database from before there was a rule, and cost a commit what it takes to read them.
 */
export const PRUNED_PER_COMMIT_MAX = 4;

/** The same when nobody waits for the disk. */
export const PRUNED_WHEN_IDLE_MAX = 16;

/** Certificates that are tried in search of one that can be read: a disk that lost more in a row has lost most. */
export const PROOFS_TRIED_MAX = 16;
