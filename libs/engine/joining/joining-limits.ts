/**
 * Reports of past views that are handled for one member in a second: each is answered with proofs, and further ones
 * are refused at their first bytes. A member that is behind sends one for each of its views, and repeats it while it
 * waits.
 */
export const LATE_REPORTS_PER_SECOND_MAX = 8;

/**
 * Pause between two heartbeats of a member, milliseconds, and the most that chance adds to it: a missed decision
 * waits so long.
 */
export const HEARTBEAT_MS = 10_000;
export const HEARTBEAT_SPREAD_MS = 5_000;

/**
 * Reports of one member about its position that are handled in a second: a heartbeat, a request for proof, and two
 * questions and an answer of a member that starts.
 */
export const WHEREABOUTS_PER_SECOND_MAX = 5;

/** Interval at which a member that starts asks the others how far they are, milliseconds. */
export const JOIN_ASK_MS = 1_000;

/** Longest wait for a second report after the first, milliseconds: a cut between two members must not silence both. */
export const JOIN_WAIT_MS = 30_000;
