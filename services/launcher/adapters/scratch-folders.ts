import { lstatSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlSocketIn } from '../core/member-home.ts';
import { SCRATCH_FOLDERS_MAX } from '../words/limits.ts';

const NAME = 'btcfed-';

/** A folder for a federation that nobody keeps; others cannot enter it. */
export function newScratchFolder(): string {
  return mkdtempSync(join(tmpdir(), NAME));
}

/** Scratch folders of this user in which a federation runs, or ran until its process was killed. */
export function scratchFederations(folder: string = tmpdir()): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(NAME))
    .slice(0, SCRATCH_FOLDERS_MAX)
    .map((name) => join(folder, name))
    .filter((path) => isOurSocket(controlSocketIn(path)));
}

/** Others may make a folder of such a name in a place that all share. */
function isOurSocket(path: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isSocket() && found.uid === process.getuid?.();
  } catch {
    return false; // There is none, or its folder is another user's.
  }
}
