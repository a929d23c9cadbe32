/**
 * How many slots keep their digest, so that the same request can be answered again. Older ones are refused by the mark
 * alone: forgetting them loses a repeat, never a promise. A view takes at most five, so these are the last 32
 * views and more; with the largest signatures (49 856 bytes) 8 MB on disk.
 */
export const REPEATABLE_SLOTS_MAX = 160;

/** Certificates that are remembered as verified. One view of one member needs four; the rest is for late requests. */
export const FACTS_MAX = 512;

/** Blocks that a view may begin with by the reports of different quorums: each was prepared in another view of the height. */
export const CHOICES_MAX = 16;
