/** Bytes of transactions in one gossip message, and of those sent again to a member that comes back. */
export const GOSSIP_BYTES_MAX = 1024 * 1024;

/**
 * Time for which a client's transaction may stay the oldest before it is sent again: longer than a few quiet
 * views.
 */
export const GOSSIP_REPEAT_MS = 3_000;
