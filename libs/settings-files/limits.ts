/** How long a writer waits for the lock of the files: the others hold it for one read or one write. */
export const WRITE_LOCK_MS = 2_000;

/**
 * Longest wait of a reader for the lock. It is short, because a file is whole without the lock too: files are
 * replaced, never written into.
 */
export const READ_LOCK_MS = 500;

/** Copies kept of each file: ten changes to go back to, and a node that is reloaded for years does not fill the disk. */
export const BACKUPS_MAX = 10;
