/**
 * Bytes of consensus messages that one member alone is sent: 160 proofs of a view a second with four members and 128f,
 * and a report of 512 members every other second. A leader gets one report and three votes a view.
 */
export const SENT_BYTES_PER_SECOND = 8 * 1024 * 1024;

/**
 * Bytes of these that may go at once: the gateway passes them on in some 100 ms, and a vote may wait that long behind
 * them.
 */
export const SENT_BYTES_BURST = 4 * 1024 * 1024;

/**
 * The pause between two log lines about the same topic and member, milliseconds: an event that lasts is seen, and a
 * flood fills no disk.
 */
export const RECURRING_MS = 60_000;

/**
 * Topics that are remembered as logged: eight of each member of the largest federation; further ones are only
 * counted.
 */
export const RECURRING_TOPICS_MAX = 4_096;

/** Between two looks at the members that are reachable, milliseconds: soon enough for probes, which ask each few seconds. */
export const QUORUM_LOOK_MS = 1_000;

/** Between two lines about how this member is, milliseconds: a minute of a quiet log says it, and a day has 1,440. */
export const STATUS_LINE_MS = 60_000;

/** How long a quorum is out of reach before the log says so, milliseconds: peers that connect anew need less. */
export const QUORUM_GRACE_MS = 5_000;

/** Heads of one signer's audit log that are kept to compare: a message that is overtaken by some others is no set-back. */
export const AUDIT_HEADS_KEPT_MAX = 16;

/** Audit keys of one member, beside that of today, whose heads are kept; and keys that were named beside which a strange one came. */
export const AUDIT_KEYS_KEPT_MAX = 4;

/** Members whose heads are kept: all of the largest federation, and as many that left it. */
export const AUDIT_MEMBERS_MAX = 1_024;
