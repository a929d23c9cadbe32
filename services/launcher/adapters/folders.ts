import { readdirSync, statSync } from 'node:fs';

/** Whether keys may be put there: nothing is there, or a folder with nothing in it. */
export function isNewOrEmpty(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || (found.isDirectory() && readdirSync(path).length === 0);
}
