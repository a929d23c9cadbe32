import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#libs/errors/app-error.ts';

export interface FolderLockedDetail {
  readonly code: 'FOLDER_LOCKED';
  readonly path: string;
}

export class FolderLockedError extends AppError<FolderLockedDetail> {
  override readonly name = 'FolderLockedError';
}

export interface FolderLock {
  release(): void;
}

const LOCK_FILE = '.lock';
const SQLITE_BUSY = 5;

/**
 * Takes `path` for this process alone, or throws a FolderLockedError; the folder must exist. Held until `release` or
 * the death of the process, however it dies: the lock is the kernel's (fcntl), taken through an empty SQLite
 * database because Node has no call for it. A file with a process id would be unsound: ids are used again, and mean
 * nothing in another container. Not for network file systems that do not implement fcntl locks.
 */
export function lockFolder(path: string): FolderLock {
  const database = new DatabaseSync(join(path, LOCK_FILE), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? locked(path) : error;
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

function locked(path: string): FolderLockedError {
  const message = `${path} is in use by another process: one process may hold it, stop the other one`;
  return new FolderLockedError(message, { code: 'FOLDER_LOCKED', path });
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
