import { diskFault, isOfDisk } from '#libs/sqlite/database-error.ts';
import { CustodyError, type CustodyFault } from '../words/errors.ts';

/** The fault of an open record, worded so that nobody takes a full disk for a lost record. */
export function recordFault(path: string, cause: unknown): unknown {
  return isOfDisk(cause) ? diskFault(path, cause) : cause;
}

/** The refusal of a record that is another, lost, damaged, or in the way. */
export function ledgerRefused(
  code: CustodyFault,
  path: string,
  reason: string,
  cause?: unknown,
): CustodyError {
  return new CustodyError(`signer record ${path}: ${reason}`, { code, path }, { cause });
}
