/** Chunks of a snapshot: half a billion transactions, and roots of 4 MiB beside the block in one message. */
export const SNAPSHOT_CHUNKS_MAX = 131_072;

/**
 * Content of the other sections of a state, in one message with the block and the roots: 30,000 votes for small changes. A state
 * with more, which takes liars that vote for the exchange of hundreds, is given by its blocks.
 */
export const SECTIONS_BYTES_MAX = 6 * 1024 * 1024;

/** Sections of a state beside that of its transactions: more than there are kinds. */
export const SECTIONS_MAX = 16;

/** Hashes in one message: 4 KiB. They are the oldest; the next ones are announced when these are final. */
export const TOLD_HASHES_MAX = 128;

/** Transactions in one request for those that a proposal names: 64 KiB of hashes. A member that lacks more asks for the whole block. */
export const BODIES_ASKED_MAX = 2_048;
