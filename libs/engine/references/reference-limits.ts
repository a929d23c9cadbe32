/** Signatures that are kept of each member, those of its newest positions: three votes and a timeout in a view, of three views. */
export const SIGNATURES_KEPT_PER_MEMBER = 12;

/**
 * Bytes of signatures up to which a certificate goes whole to all who are told it first; a larger one is named, and they ask
 * for its signatures in parts. A quarter of what one message may hold.
 */
export const WHOLE_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Bytes of clients' transactions that a proposal carries: less than a signature, and then it never waits for gossip that it has
 * overtaken. A proposal with more of them names them.
 */
export const CARRIED_BYTES_MAX = 16 * 1024;

/** Certificates that are remembered as told to all: some views of three each. */
export const TOLD_MAX = 16;

/** Messages of this member whose signatures it can give, the newest: all of a view, and of the one before. */
export const PINNED_MESSAGES_MAX = 16;

/** Bytes of signatures in one answer: votes do not wait long behind it. */
export const SIGNATURES_ANSWER_BYTES_MAX = 1024 * 1024;

/** Requests of one member that are answered in a second: the largest certificate that there can be, 25.6 MB, in parts. */
export const SIGNATURES_SERVED_PER_SECOND_MAX = 32;

/**
 * Bytes of signatures that all members together are given in a second: the largest certificate twice over, half a line of one gigabit. A
 * member has its own part of it however much others take: one answer. So with n members it is 64 MiB and less than 2n MiB more, of
 * which f liars have 2f MiB.
 */
export const SIGNATURES_SERVED_BYTES_MAX = 64 * 1024 * 1024;
export const SIGNATURES_SERVED_BYTES_EACH_MIN = 1024 * 1024;

/** Time for an answer, milliseconds: its part of a certificate over a slow line. */
export const SIGNATURES_ANSWER_MS = 2_000;

/** Messages of one member that wait for signatures: a proposal, reports and a timeout, and their bytes. */
export const INCOMPLETE_PER_MEMBER_MAX = 4;
export const INCOMPLETE_BYTES_PER_MEMBER_MAX = 32 * 1024 * 1024;

/** The same of all members together. Above it the member that has the most loses its messages, so nobody takes the room of the others. */
export const INCOMPLETE_BYTES_MAX = 128 * 1024 * 1024;

/** Time until a member is asked again whose signatures could not be verified for want of room here, milliseconds. */
export const OVERLOADED_PAUSE_MS = 1_000;

/**
 * Members that are asked at a time: once a message of one of them is complete, and verified, those of the others often lack nothing.
 * Few liars make nobody wait: each that gives less than it was asked for rests.
 */
export const ASKED_MAX = 8;

/** Bytes of signatures from which on an answer may be a part: an honest member gives all that it named, up to the bound of an answer. */
export const PART_BYTES_MIN = SIGNATURES_ANSWER_BYTES_MAX / 2;
