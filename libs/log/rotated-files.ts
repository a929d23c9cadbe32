import { lstatSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LOG_LIMITS } from './limits.ts';
import { systemCode } from './line-sink.ts';

export interface Deletion {
  /** Rotated files that are kept; 0 keeps all. */
  readonly countMax: number;
  /** The removal of one file from the disk. */
  readonly remove: (path: string) => void;
}

interface RotatedFile {
  readonly path: string;
  readonly writtenNs: bigint;
}

/** The numbers of `path.1`, `path.2`, …, in no order, whatever lies under these names. */
export function rotatedNumbers(path: string): readonly number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((suffix) => /^[1-9]\d{0,8}$/.test(suffix))
    .map(Number);
}

/**
 * Deletes the rotated files of the log at `path` beyond the `countMax` newest; with 0 none. Only plain files whose
 * name is that of the log with a number are looked at. Other processes may rotate and delete at the same time.
 *
 * Old is a file by its number and by its time. A process that was held in the middle of a rotation may give a young
 * file an old number, and it stays until newer ones have come. A clock that is set back makes numbers and times
 * disagree too; beyond twice `countMax` the number alone decides.
 *
 * @throws the first error of a file that could not be deleted; the others are.
 */
export function deleteOldest(path: string, { countMax, remove }: Deletion): void {
  if (countMax === 0) return;
  const files = rotatedFiles(path);
  const oldestKept = files[countMax - 1];
  if (oldestKept === undefined) return;
  const old = files
    .slice(countMax)
    .filter(({ writtenNs }, index) => index >= countMax || writtenNs <= oldestKept.writtenNs);
  const errors = old.slice(-LOG_LIMITS.deletedAtOnceMax).flatMap((file) => errorsOf(() => remove(file.path)));
  if (errors.length > 0) throw errors[0];
}

/** The newest number first. */
function rotatedFiles(path: string): readonly RotatedFile[] {
  return [...rotatedNumbers(path)]
    .sort((a, b) => b - a)
    .flatMap((number) => {
      const name = `${path}.${number}`;
      const stats = lstatSync(name, { bigint: true, throwIfNoEntry: false });
      return stats?.isFile() === true ? [{ path: name, writtenNs: stats.mtimeNs }] : [];
    });
}

/** Another process may have deleted the file first. */
function errorsOf(remove: () => void): readonly unknown[] {
  try {
    remove();
    return [];
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? [] : [error];
  }
}
