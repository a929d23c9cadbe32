import { dirname, join } from 'node:path';
import { type FileLockOptions, FileLockTimeoutError, withFileLock } from '#libs/files/file-lock.ts';
import type { Logger } from '#libs/log/logger.ts';
import { READ_LOCK_MS, WRITE_LOCK_MS } from './limits.ts';

/** Name of the lock file beside conf.yaml and peers.yaml; one lock for both, because they are read together. */
const LOCK_NAME = '.settings.lock';

/**
 * Reads settings files of a home while nobody writes them. A lock that is held too long is logged, and the files are
 * read all the same: they are replaced as a whole, so that no reader ever sees half of one (P2P-36).
 */
export async function whileNobodyWrites<T>(home: string, log: Logger, read: () => Promise<T>): Promise<T> {
  const options = { mode: 'shared', timeoutMs: READ_LOCK_MS } as const;
  try {
    return await locked(home, options, read);
  } catch (error) {
    if (!(error instanceof FileLockTimeoutError)) throw error;
    log.warn('settings files are locked by another process, read without the lock', {
      lock: LOCK_NAME,
      timeout_ms: READ_LOCK_MS,
      class: 'recoverable',
    });
    return read();
  }
}

/**
 * Writes a settings file while nobody else reads or writes it.
 *
 * @throws FileLockTimeoutError when the lock is not free in time: nothing was written then.
 */
export function whileAlone<T>(path: string, write: () => Promise<T>): Promise<T> {
  return locked(dirname(path), { mode: 'exclusive', timeoutMs: WRITE_LOCK_MS }, write);
}

/**
 * Works under the lock, or without one where none can be made: the work itself reports better what is wrong with such
 * a folder.
 */
async function locked<T>(home: string, options: FileLockOptions, work: () => Promise<T>): Promise<T> {
  let isWorking = false;
  try {
    return await withFileLock(join(home, LOCK_NAME), options, () => {
      isWorking = true;
      return work();
    });
  } catch (error) {
    if (isWorking || error instanceof FileLockTimeoutError) throw error;
    return work();
  }
}
