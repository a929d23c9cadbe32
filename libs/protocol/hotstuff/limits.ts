/** Proposals of views ahead that are kept: leaders run ahead by one view, a lossy link by a few. */
export const EARLY_VIEWS_MAX = 4n;

/** Blocks whose standing is remembered; only those of the current view and its justification matter. */
export const STANDING_MAX = 64;

/** Growth of the view timeout for each view without a commit (RULES.md C.5.6). */
export const TIMEOUT_GROWTH = 1.5;

/** Views without a commit after which the timeout grows no more; its cap is reached before. */
export const GROWTH_VIEWS_MAX = 32;
