/** Ranges on the way or waiting for the ones below: with the largest certificates about 14 MiB each. */
export const RANGES_MAX = 12;

/** Blocks judged whose certificate comes with a later range. Honest members cut where they have a certificate. */
export const OPEN_BLOCKS_MAX = 1_024;
export const OPEN_BYTES_MAX = 32 * 1024 * 1024;

/** Requests to one peer at a time: one on the way while the other is worked on. */
export const REQUESTS_PER_PEER_MAX = 2;

/**
 * Pause between two requests to one peer, milliseconds: below the rate at which a peer refuses
 * (RANGES_SERVED_PER_SECOND_MAX).
 */
export const REQUEST_SPACING_MS = 50;

/** Ranges that one member may ask for per second. Each costs the server a few milliseconds. */
export const RANGES_SERVED_PER_SECOND_MAX = 24;

/** Interval at which time is looked at while catching up, milliseconds. */
export const BEAT_MS = 50;

/** Time after which another peer is asked for the same range too, milliseconds; the first answer is taken. */
export const PATIENCE_MS = 1_000;

/** Time after which an answer counts as lost, milliseconds. */
export const ANSWER_MS = 8_000;

/** Deliveries in time, in a row, before a peer is asked for twice as much: to ask for too much costs ANSWER_MS. */
export const GROWTH_DELIVERIES = 8;

/** Pause of a peer that did not answer, or had nothing; doubles each time in a row, milliseconds. */
export const SILENCE_PAUSE_MS = 500;
export const SILENCE_PAUSE_MS_MAX = 30_000;

/** Pause of a peer that lied; doubles with each lie, milliseconds. */
export const LIE_PAUSE_MS = 60_000;
export const LIE_PAUSE_MS_MAX = 3_600_000;

/** Work of one turn of the event loop, in transactions; a block counts as some. About 10 to 15 ms. */
export const SLICE_WORK_MAX = 1_000;
export const BLOCK_WORK = 8;
