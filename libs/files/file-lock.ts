import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#libs/errors/app-error.ts';

export interface FileLockTimeoutDetail {
  readonly code: 'FILE_LOCK_TIMEOUT';
  readonly path: string;
}

/** Another process held the lock all the time. The call may be tried again. */
export class FileLockTimeoutError extends AppError<FileLockTimeoutDetail> {
  override readonly name = 'FileLockTimeoutError';
}

export interface FileLockOptions {
  /** Any number of readers share it; a writer has it alone. */
  readonly mode: 'shared' | 'exclusive';
  readonly timeoutMs: number;
}

const POLL_MS = 20;
const SQLITE_BUSY = 5;
const STATEMENTS = {
  shared: 'PRAGMA journal_mode = MEMORY; BEGIN; SELECT count(*) FROM sqlite_schema',
  exclusive: 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE',
} as const;

/**
 * Runs `work` while this process holds the lock file `path`, which is made when missing and stays (P2P-36). The
 * lock is the kernel's (fcntl), taken through an empty SQLite database as `lockFolder` does, so the death of a
 * process frees it.
 * @throws FileLockTimeoutError when it is not free within `timeoutMs`.
 */
export async function withFileLock<T>(
  path: string,
  { mode, timeoutMs }: FileLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    while (!tookLock(database, mode)) {
      if (performance.now() >= endMs) throw timedOut(path, timeoutMs);
      await sleep(POLL_MS);
    }
    return await work();
  } finally {
    database.close();
  }
}

function tookLock(database: DatabaseSync, mode: FileLockOptions['mode']): boolean {
  try {
    database.exec(STATEMENTS[mode]);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)) throw error;
    if (database.isTransaction) database.exec('ROLLBACK');
    return false;
  }
}

function timedOut(path: string, timeoutMs: number): FileLockTimeoutError {
  const message = `${path} is locked by another process and was not free within ${timeoutMs / 1000} s`;
  return new FileLockTimeoutError(message, { code: 'FILE_LOCK_TIMEOUT', path });
}
