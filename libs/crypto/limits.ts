/**
 * Tasks that may wait for a worker of the portable implementation. A quorum certificate of 512 members has 342
 * signatures; more than three of them at once is no backlog but a fault.
 */
export const WORKER_QUEUE_MAX = 1_024;

/**
 * Verifications that may wait for a core, over all callers that name themselves. A caller has at most one per core here, so on four
 * cores this is 256 messages being verified at once.
 */
export const VERIFY_WAITING_MAX = 1_024;

/**
 * The same for one caller, such as a peer: nobody fills the queue alone. The process itself has as many places of its
 * own, so that its own requests are not refused because callers ask too much.
 */
export const VERIFY_WAITING_EACH_MAX = 512;

/**
 * Verified signatures that are remembered: the votes of 512 members in three phases and their timeouts, of four
 * views. About 150 bytes each, so 1.2 MB.
 */
export const VERIFIED_CACHE_CAPACITY = 8_192;
