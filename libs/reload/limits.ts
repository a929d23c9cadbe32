/** Between two attempts to reach a config service that is away. */
export const REJOIN_MS = 500;

/** Binding takes microseconds; a system that takes longer is not asked further. */
export const BIND_MS = 1_000;
