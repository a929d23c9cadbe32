/** Views of the next height whose messages are kept before that height is open here: a fast peer is one view ahead, a lossy one a few. */
export const EARLY_HEIGHT_VIEWS_MAX = 3n;

/** Views above the own one whose votes are counted: others enter a view some messages earlier. */
export const VIEWS_AHEAD_MAX = 2n;

/** Past views of the open height whose deciding votes still count: their last signatures may come late. */
export const DECIDING_VIEWS_BACK = 2n;

/** Members ahead that are asked for what is missing as soon as a height opens: one of them is rarely a liar, and a repetition asks others. */
export const ASKED_AT_OPENING_MAX = 3;

/** Growth of the wait for each view of a height that failed. */
export const ROUND_GROWTH = 2;

/** Failed views after which the wait grows no more; its cap is reached before. */
export const GROWN_ROUNDS_MAX = 16;

/** The longest time between two repetitions, in milliseconds: a lost message costs no more than this. */
export const REPEAT_MS_MAX = 1_000;

/**
 * Bytes of signatures in one answer: with the largest block and the names of its certificates they are far from the 32 MiB of a frame. A
 * member of 512 that lacks more asks again with the next repetition, and then says what it has.
 */
export const RECOVERED_BYTES_MAX = 8 * 1024 * 1024;

/** Blocks of one height whose standing is remembered: each view has one proposal and one certificate at most. */
export const STANDINGS_MAX = 32;
