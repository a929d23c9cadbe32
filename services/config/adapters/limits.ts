/**
 * Time for which the files must be quiet before they are read again: long enough for an editor's truncate,
 * write and rename, short enough for P2P-55, which gives a reload two seconds.
 */
export const QUIET_MS = 200;

/** Files that are never quiet are read all the same after this time. */
export const RESTLESS_MS_MAX = 1_000;
