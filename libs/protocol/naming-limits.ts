/** Statements in one request for signatures, for each member: the reports of each of them, and the certificates of a report. */
export const STATEMENTS_PER_MEMBER_MAX = 4;

/** Signatures that one request names, for each member: those of the few messages of one sender that wait at a time. */
export const NAMED_PER_MEMBER_MAX = 16;
