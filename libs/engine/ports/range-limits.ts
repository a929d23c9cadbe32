/**
 * Blocks of one range, asked for at once. Each range costs one certificate to verify and to store, and a later reader
 * of a block in it gets the headers up to the end of the range: as many bytes as half a certificate.
 */
export const RANGE_BLOCKS_MAX = 128;

/** Transactions and their bytes in a range of more than one block: judging and writing them takes some 50 ms. */
export const RANGE_BYTES_MAX = 4 * 1024 * 1024;
export const RANGE_TRANSACTIONS_MAX = 2_000;

/** Headers between the last block of a range and the certified one; the same as `WIRE_LIMITS.descendantsMax`. */
export const RANGE_DESCENDANTS_MAX = 1_024;
