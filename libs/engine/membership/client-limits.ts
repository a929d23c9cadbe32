/**
 * Bounds of the votes of all clients together: how many are held, and how many of those are verified at a time.
 * Honest votes are a few in a year, and anybody can be a client. One vote is verified in a millisecond or two,
 * so a client that is turned away can soon try again. Votes that still wait give way to clients with fewer of
 * them, and so more are held than verified.
 */
export const CLIENT_VOTES_MAX = 16;
export const CLIENT_VOTES_VERIFIED_MAX = 4;
