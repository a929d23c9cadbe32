/** Heights whose participation is remembered: a quarter of an hour at one block a second. */
export const HEIGHTS_KEPT_MAX = 1_024;

/** Heights times members that are remembered in all: some 30 MB where every member sends two votes for each height. */
export const CELLS_KEPT_MAX = 262_144;

/** Heights above the newest final one for which votes are noted: nobody votes further ahead. */
export const HEIGHTS_AHEAD_MAX = 2n;

/** Views that this member entered and that are remembered, with their leaders: a decision is of one of the newest. */
export const VIEWS_KEPT_MAX = 64;

/** Characters of a reason of the signer that are kept. */
export const REASON_LENGTH_MAX = 256;

/** Peers whose reported heights are remembered: more than there can be members and guests. */
export const REPORTERS_KEPT_MAX = 1_024;

/** Reports of one peer that it was behind, which are remembered. */
export const LAGS_KEPT_MAX = 16;
