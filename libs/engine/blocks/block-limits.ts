/** Blocks by digest that may be waited for: one view waits for one or two, a few views overlap. */
export const WANTED_BLOCKS_MAX = 64;

/** Callers that may wait for one block. */
export const WAITERS_PER_BLOCK_MAX = 16;

/**
 * Heights above the tip in which a block is asked for by digest; blocks further away are fetched by height,
 * certified.
 */
export const WANTED_HEIGHTS_AHEAD_MAX = 16n;

/** Time that a peer has to answer with one block before the next peer is asked, in milliseconds. */
export const WANTED_ANSWER_MS = 2_000;

/** Blocks that are held and may lose against a final one: a view adds one, and a final block clears all below it. */
export const UNDECIDED_HEADERS_MAX = 64;

/** Undecided blocks that others wait to be judged upon: honest leaders build upon the newest alone. */
export const FINAL_PARENTS_MAX = 64;
