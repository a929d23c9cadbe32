/** Shares of one secret: more people than that do not come together, and the field has 255. */
export const SHARES_MAX = 32;

/** The least threshold: with a threshold of one, each share would be the secret. */
export const THRESHOLD_MIN = 2;

/** One share as a file: a passphrase of 1,024 bytes in hex, and a few words. */
export const SHARE_BYTES_MAX = 4_096;
