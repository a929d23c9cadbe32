import { closeSync, openSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LOG_LIMITS } from './limits.ts';
import { systemCode } from './line-sink.ts';

const MODE = 0o640;

/**
 * Gives the full log file at `path` the next free name `path.1`, `path.2`, …, so that a higher number is newer, and
 * leaves no file at `path`. None is ever deleted (LOG-09). Does nothing when another process did it first: `inode`
 * is the file that is full.
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
    if (statSync(path).ino !== inode) return unlinkSync(target);
    renameSync(path, target);
  } catch (error) {
    unlinkSync(target);
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function claimName(path: string): string {
  const first = 1 + newestNumber(path);
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

function newestNumber(path: string): number {
  const prefix = `${basename(path)}.`;
  const numbers = readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((suffix) => /^\d{1,9}$/.test(suffix));
  return numbers.reduce((newest, suffix) => Math.max(newest, Number(suffix)), 0);
}
