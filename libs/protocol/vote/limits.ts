/**
 * Views that a statement may lie above the highest view that is proved (libs/custody/README.md 3.3 rule 7). Honest
 * members enter a view with a proof of the one before, or with one fewer than f + 1 members behind it; so a few are
 * enough, and a hostile host can waste this many views of a key, not all of them.
 */
export const VIEW_JUMP_MAX = 8n;
