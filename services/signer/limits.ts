/**
 * Requests that may wait for their signature. One view takes five signatures of a member; whoever asks for more
 * than three views' worth at once is faulty, and a longer queue would only answer after the view is over.
 */
export const QUEUE_MAX = 16;

/** Largest key file, in bytes: the biggest key is 128 bytes, twice that in hex, and a few words. */
export const KEY_FILE_BYTES_MAX = 4_096;

/**
 * Views above this are no views: SQLite counts in signed 64 bits. At a thousand views a second they last for
 * three hundred million years.
 */
export const VIEW_MAX = 2n ** 63n - 1n;
