/**
 * Signatures that are kept of each member, the newest: three votes and a timeout in a view, of three views. What a member's own
 * certificates name is kept longer, because it is said again.
 */
export const SIGNATURES_KEPT_PER_MEMBER = 12;

/**
 * Bytes of signatures up to which a certificate goes whole to all who are told it first; a larger one is named, and they ask
 * for its signatures in parts. Half of what one message may hold.
 */
export const WHOLE_BYTES_MAX = 8 * 1024 * 1024;

/** Certificates that are remembered as told to all: some views of three each. */
export const TOLD_MAX = 16;

/** Bytes of signatures in one answer: a quarter of a message, so that votes do not wait long behind it. */
export const SIGNATURES_ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Requests of one member that are answered in a second: the parts of two certificates of the largest federation. */
export const SIGNATURES_SERVED_PER_SECOND_MAX = 16;

/** Time for an answer, milliseconds: its part of a certificate over a slow line. */
export const SIGNATURES_ANSWER_MS = 2_000;

/** Messages of one member that wait for signatures: a proposal, reports and a timeout, and their bytes. */
export const INCOMPLETE_PER_MEMBER_MAX = 4;
export const INCOMPLETE_BYTES_PER_MEMBER_MAX = 32 * 1024 * 1024;

/** Members that are asked for one signature at a time: two that lie must not make the third wait. */
export const ASKED_FOR_ONE_MAX = 3;
