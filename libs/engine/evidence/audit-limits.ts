/** Heads of one signer's audit log that are kept to compare: a message that is overtaken by some others is no set-back. */
export const AUDIT_HEADS_KEPT_MAX = 16;

/** Members whose heads are kept: all of the largest federation, and as many that left it. */
export const AUDIT_MEMBERS_MAX = 1_024;
