/**
 * How many slots keep their digest, so that the same request can be answered again. Older ones are refused by the mark
 * alone: forgetting them loses a repeat, never a promise. A HotStuff view takes at most five, so these are the last 32
 * views and more; with the largest signatures (49 856 bytes) 8 MB on disk.
 */
export const REPEATABLE_SLOTS_MAX = 160;

/**
 * Views that a request may lie above the highest view that is proved (libs/custody/README.md 3.3 rule 7). Honest members
 * enter a view with a proof of the one before, or with one fewer than f + 1 members behind it; so a few are enough, and
 * a hostile host can waste this many views of the key, not all of them.
 */
export const VIEW_JUMP_MAX = 8n;

/** Certificates that are remembered as verified. One view of one member needs four; the rest is for late requests. */
export const FACTS_MAX = 512;

/** Sequence numbers that a protocol with a window may have open at one time (PBFT's L). */
export const WINDOW_MAX = 200n;
