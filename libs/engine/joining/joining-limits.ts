/**
 * Reports of views that are over, of one member in a second, which are looked at: each is answered with proofs, and what is
 * beyond is refused at its first bytes. A member that is behind says one for each of its views, and again when it waits.
 */
export const LATE_REPORTS_PER_SECOND_MAX = 8;

/** Between two heartbeats of a member, milliseconds, and what is added to it at most: a missed decision waits so long. */
export const HEARTBEAT_MS = 10_000;
export const HEARTBEAT_SPREAD_MS = 5_000;

/**
 * Reports of one member about its position that are handled in a second: a heartbeat, one that asks for proof,
 * and two questions and an answer of a member that starts.
 */
export const WHEREABOUTS_PER_SECOND_MAX = 5;

/** Interval at which a member that starts asks the others how far they are, milliseconds. */
export const JOIN_ASK_MS = 1_000;

/** For so long it waits for a second voice after the first, milliseconds: a cut between two members must not silence both. */
export const JOIN_WAIT_MS = 30_000;
