/** Bytes of transactions in one gossip message, and of those said again to a member that comes back. */
export const GOSSIP_BYTES_MAX = 1024 * 1024;

/** How long a client's transaction may stay the oldest before it is said again: longer than a few quiet views. */
export const GOSSIP_REPEAT_MS = 3_000;
