/**
 * Tasks that may wait for a worker of the portable implementation. A quorum certificate of 512 members has 342
 * signatures; more than three of them at once is no backlog but a fault.
 */
export const WORKER_QUEUE_MAX = 1_024;

/**
 * Batches of one caller, such as a peer, that may wait for a core; the process itself is one caller. A member has at most 32 messages under verification,
 * and a few votes and answers beside them, so an honest one is never refused. Nothing is shared, so nobody takes the place of another.
 * Over all callers they are at most callers times this: 513 of the largest federation, 65,664 batches, of less than 1 KB each
 * beside the messages that are held anyway.
 */
export const VERIFY_WAITING_EACH_MAX = 128;

/**
 * Verified signatures that are remembered: the votes of 512 members in three phases and their timeouts, of four
 * views. About 150 bytes each, so 1.2 MB.
 */
export const VERIFIED_CACHE_CAPACITY = 8_192;

/**
 * Public keys of one scheme that are kept as OpenSSL takes them: those of 512 members, and of the 512 of the epoch after. About 2 KB
 * each, so 2 MB.
 */
export const PUBLIC_KEYS_MAX = 1_024;
