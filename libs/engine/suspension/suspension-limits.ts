/** Time between two probes of each peer, milliseconds, where the terms ask for any. */
export const PROBE_MS = 1_000;

/** Blocks for which a vote that a node casts by itself is good: other nodes see the same within seconds. */
export const AUTOMATIC_VOTE_BLOCKS = 100n;

/** Probes after which a vote that is in no block is cast again. */
export const RECAST_PROBES = 30;

/** Probes after which a vote that the signer refused is asked for again. */
export const REFUSED_PROBES = 300;
