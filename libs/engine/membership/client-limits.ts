/**
 * Votes of all clients together that are held, and those of them that are verified at a time: honest ones are a few in a year,
 * and anybody is a client. One is verified in a millisecond or two, so who is turned away is welcome soon. Those that still wait
 * give way to clients with fewer, and so there are more of them.
 */
export const CLIENT_VOTES_MAX = 16;
export const CLIENT_VOTES_VERIFIED_MAX = 4;
