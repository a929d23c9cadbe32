/** Bytes of transactions in one answer: votes do not wait long behind it. One transaction goes at any size. */
export const BODIES_ANSWER_BYTES_MAX = 1024 * 1024;

/** Requests of one member that are answered in a second: the largest block in parts, and those of some views. */
export const BODIES_SERVED_PER_SECOND_MAX = 32;

/**
 * Bytes that members are given in a second: half a line of one gigabit. Each of n may have an n-th of the half of it however much others
 * take, one answer at most: so all are given no more than one and a half times this, and a transaction of any size for each beyond that.
 */
export const BODIES_SERVED_BYTES_MAX = 64 * 1024 * 1024;

/** Proposals of one member that wait for transactions: that of a view, and that of the next. */
export const LACKING_PER_MEMBER_MAX = 2;

/** Proposals of the leader of the view that begin to wait in a second: each has others asked. Views are longer than that. */
export const LACKING_PER_SECOND_MAX = 16;

/**
 * The same of another member whose proposal the protocol admits: it leads one of the next views, or says that this member is behind, or
 * passes on what a leader proposed. Each member can say one of these of itself, so it is a quarter of what the leader has.
 */
export const LACKING_OF_OTHERS_PER_SECOND_MAX = 4;

/** Bytes of one proposal that waits: the hashes of the largest block, and all that the members themselves put into one. */
export const LACKING_BYTES_EACH_MAX = 16 * 1024 * 1024;

/** Memory of a hash that is lacked, in the sets of its proposal: five times its bytes in the message. */
export const HASH_KEPT_BYTES = 160;

/** Bytes of all that wait, with the transactions that came for them. Above it the member that has the most loses its proposals. */
export const LACKING_BYTES_MAX = 128 * 1024 * 1024;

/** Heights above the tip in which a proposal is waited for: those of its voters, and of the next blocks. */
export const LACKING_HEIGHTS_AHEAD_MAX = 16n;

/** Time for the first two answers, milliseconds; those after them have twice as long. */
export const BODIES_ANSWER_MS = 500;

/**
 * The part of it for the first of the two, an eighth of the time that a view may take: some round trips, for that is a multiple of the views
 * that were measured. Gossip that lags comes in it, and the answer of an honest sender, so that the second is asked for nothing; and a
 * sender that gives nothing costs so much of its own view.
 */
export const FIRST_ANSWERS_IN_VIEW = 8;
export const FIRST_ANSWER_MS_MAX = BODIES_ANSWER_MS / 2;

/** The least time for a whole block, milliseconds: 4 MiB over 17 Mbit/s. A member that is asked again sooner sends it twice. */
export const BLOCK_ANSWER_MS = 2_000;

/** Times that transactions are asked for by their hashes: of the sender, of another, and of two others. After that the whole block is. Even. */
export const ASKED_BY_HASH_MAX = 4;

/** Times that anybody is asked for one proposal: 15.5 s in all, the last time 8 s, and 22 s where it is for the whole block from the start. After that nobody can be expected to give it. */
export const ASKED_TIMES_MAX = 7;
