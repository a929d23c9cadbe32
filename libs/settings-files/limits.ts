/** How long a writer waits for the lock of the files: the others hold it for one read or one write. */
export const WRITE_LOCK_MS = 2_000;

/** A reader waits less: what it reads is whole without the lock too, for files are replaced, never written into. */
export const READ_LOCK_MS = 500;

/** Copies kept of each file: ten changes to go back to, and a node that is reloaded for years does not fill the disk. */
export const BACKUPS_MAX = 10;
