import { AppError } from '#libs/errors/app-error.ts';

export interface DatabaseErrorDetail {
  readonly code:
    | 'DATABASE_CORRUPT'
    | 'DATABASE_NEWER'
    | 'DATABASE_LOCKED'
    | 'DATABASE_MISSING'
    | 'DATABASE_DISK';
  readonly path: string;
}

export class DatabaseError extends AppError<DatabaseErrorDetail> {
  override readonly name = 'DatabaseError';
}

/** SQLite's result codes, in the field `errcode` of its errors: the low byte is the primary code. */
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
/**
 * Codes for "not allowed", "read-only", "I/O error", "full" and "cannot open": faults of the disk or its permissions,
 * not of the file's content.
 */
const SQLITE_DISK: readonly number[] = [3, 8, 10, 13, 14];
const DISK_ERRORS: readonly string[] = [
  'EIO',
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
];

/** An error of SQLite or of the disk under it, with the file and the remedy. */
export function describedError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return corruptFile(path, error.message, error);
  if (code === SQLITE_BUSY) {
    const advice = 'one process may hold it, stop the other one';
    return new DatabaseError(`${path} is in use by another process: ${advice}`, {
      code: 'DATABASE_LOCKED',
      path,
    });
  }
  return isOfDisk(error) ? diskFault(path, error) : error;
}

/** Whether the disk or its rights are to blame: full, read-only, failing. */
export function isOfDisk(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if ('errcode' in error) return SQLITE_DISK.includes(Number(error.errcode) & 0xff);
  return 'code' in error && DISK_ERRORS.includes(String(error.code));
}

/** An error that `isOfDisk`, with the file that it is about. */
export function diskFault(path: string, cause: Error): DatabaseError {
  return new DatabaseError(
    `${path} cannot be read or written (${cause.message}): nothing says that it is damaged. Free space on its disk, or ` +
      'repair disk and rights, and start again',
    { code: 'DATABASE_DISK', path },
    { cause },
  );
}

/** An error for a file whose bytes are not those that were written. */
export function corruptFile(path: string, reason: string, cause?: Error): DatabaseError {
  return new DatabaseError(
    `${path} is damaged (${reason}): keep it as it is for inspection, and see the recovery section of the service's README`,
    { code: 'DATABASE_CORRUPT', path },
    { cause },
  );
}
