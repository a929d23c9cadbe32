/**
 * Bytes of consensus messages that one member alone is sent: 160 proofs of a view a second with four members and 128f,
 * and a report of 512 members every other second. A leader gets one report and three votes a view.
 */
export const SENT_BYTES_PER_SECOND = 8 * 1024 * 1024;

/** How much of it may go at once: the gateway passes it on in some 100 ms, for so long a vote may wait behind it. */
export const SENT_BYTES_BURST = 4 * 1024 * 1024;

/** The timeout of a view is so many times what a view takes: room for a full block, and for a machine that is busy. */
export const VIEW_TIMEOUT_PER_VIEW = 4;

/** Newest decided views that are measured, and how many it takes before they count. */
export const VIEW_SAMPLES_MAX = 16;
export const VIEW_SAMPLES_MIN = 4;

/** How far below the genesis the timeout may fall: half. Its makers measured it on a quiet machine. */
export const VIEW_TIMEOUT_SHRINK_MAX = 2;

/** Between two lines in the log about the same thing of the same member, milliseconds: what goes on is seen, a flood fills no disk. */
export const RECURRING_MS = 60_000;

/** Things of members that are remembered as said: eight of each of the largest federation; more of them are counted only. */
export const RECURRING_TOPICS_MAX = 4_096;
