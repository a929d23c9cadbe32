/** Reading and checking two files: a second for ten thousand peers on a busy machine, and room. */
export const VALIDATE_MS = 5_000;

/** One step of one service. It takes milliseconds; a service that verifies signatures may be busy for a second. */
export const STEP_MS = 3_000;

/**
 * Pauses before a reload is tried again that was refused for a reason that may pass; after the last one it is
 * given up (P2P-68).
 */
export const RETRY_PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** A new or lost peer is on disk after this time: many that come together are one write. */
export const SAVE_SOON_MS = 1_000;

/** Pause between writes of the times when peers were last seen: these are worth a write a minute at most. */
export const SAVE_SEEN_MS = 60_000;

/** Pauses between attempts to write peers.yaml: from the first to the last, doubling. */
export const SAVE_RETRY_MS = { first: 1_000, last: 60_000 } as const;

/** Entries of one request: more than twice the peers of the largest federation. */
export const UPDATE_PEERS_MAX = 1_000;
