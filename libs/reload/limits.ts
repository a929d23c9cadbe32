/** Pause between two attempts to reach a config service that is away. */
export const REJOIN_MS = 500;

/** Time limit of a check: binding takes microseconds; a slower system is not asked further. */
export const BIND_MS = 1_000;
