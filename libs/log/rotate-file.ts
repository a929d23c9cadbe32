import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { LOG_LIMITS } from './limits.ts';
import { systemCode } from './line-sink.ts';
import { rotatedNumbers } from './rotated-files.ts';

const MODE = 0o640;

/**
 * Gives the full log file at `path` the next free name `path.1`, `path.2`, …, so that a higher number is newer, and
 * leaves no file at `path`. Does nothing when another process did it first: `inode` is the file that is full.
 *
 * Needs no lock, and so none stays behind when a process dies in here: the name is claimed with an empty file, which
 * one process alone can make, and the full file replaces it in one step. Writers that still have the full file open
 * go on writing into it under its new name, and no line is lost.
 *
 * @throws errors of the file system; the log file is then where it was.
 */
export function rotateFile(path: string, inode: number): void {
  const target = claimName(path);
  try {
    if (statSync(path).ino !== inode) return removeClaim(target);
    renameSync(path, target);
  } catch (error) {
    removeClaim(target);
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function claimName(path: string): string {
  const first = 1 + rotatedNumbers(path).reduce((newest, number) => Math.max(newest, number), 0);
  for (let number = first; number < first + LOG_LIMITS.namesTriedMax; number++) {
    const name = `${path}.${number}`;
    try {
      closeSync(openSync(name, 'wx', MODE));
      return name;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error(`no free name for the rotated ${path}`);
}

/** It may be gone: another process deletes it when it is older than the files that are kept. */
function removeClaim(target: string): void {
  rmSync(target, { force: true });
}
