/**
 * Parts of a view: the oldest waiting transactions are announced to the others when the same one is still the
 * oldest after one part. A transaction that one member alone knows must start the timers of the others while
 * its own still runs, and most views are decided sooner.
 */
export const TELLS_PER_VIEW = 4;

/** The pause doubles while the same transaction stays the oldest, up to this, milliseconds. */
export const TELL_PAUSE_MS_MAX = 10_000;

/**
 * Announcements of waiting transactions that one member may send in a second: one a view, one a connection, and some
 * that come together.
 */
export const TOLD_PER_SECOND_MAX = 4;

/** Hashes of final transactions that are looked up in one message: each costs a look into the chain, and honest tellers lag little. */
export const TOLD_FINAL_MAX = 16;

/** Hashes told by one member that are under way: as many as one message has. A liar fills its own part, and nobody else's. */
export const PULLED_PER_MEMBER_MAX = 128;

/** Members asked for one transaction at once: two that lie must not make the third wait. */
export const PULLED_FROM_MAX = 3;

/** Time after which the next teller is asked, milliseconds. */
export const PULL_ANSWER_MS = 1_000;

/**
 * Time for which a transaction that was delivered but not taken is not asked for again, milliseconds, and how
 * many of these are remembered.
 */
export const NOT_TAKEN_MS = 10_000;
export const NOT_TAKEN_MAX = 1_024;

/** Requests of one member that are answered in a second, and the bytes of transactions in one answer. */
export const PULLS_SERVED_PER_SECOND_MAX = 4;
export const PULL_ANSWER_BYTES_MAX = 2 * 1024 * 1024;
