import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleFile } from './bundle-part.ts';
import { endOfFile } from './home-entries.ts';
import { BUNDLE_LIMITS } from './limits.ts';

/** Names of logs, also of rotated ones, that an archive can hold as they are. */
const LOG_NAME = /^[\w.-]{1,80}$/;
const LOG_ENDING = /\.log(?:\.\d+)?$/;
const NEWLINE = 0x0a;

/**
 * The newest lines of the logs of a node, the newest log first, within a bound for all of them.
 * @param main - The name of its log in conf.yaml; undefined where that cannot be read.
 * @throws when the folder cannot be read, or is a link: it might lead anywhere.
 */
export function logTails(folder: string, main: string | undefined): readonly BundleFile[] {
  if (lstatSync(folder).isSymbolicLink()) throw new Error(`${folder} is a link, which is not followed`);
  const names = readdirSync(folder).filter((name) => LOG_NAME.test(name) && isLog(name, main));
  const newest = names
    .map((name) => ({ name, stats: lstatSync(join(folder, name), { throwIfNoEntry: false }) }))
    .filter(({ stats }) => stats?.isFile() === true)
    .toSorted((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0));
  let left: number = BUNDLE_LIMITS.logBytesMax;
  return newest.slice(0, BUNDLE_LIMITS.logFilesMax).flatMap(({ name }) => {
    if (left <= 0) return [];
    const tail = tailOf(join(folder, name), Math.min(left, BUNDLE_LIMITS.logTailBytesMax));
    left -= tail.text.length;
    return [{ path: `logs/${name}`, ...tail }];
  });
}

function isLog(name: string, main: string | undefined): boolean {
  return LOG_ENDING.test(name) || (main !== undefined && main !== '' && name.startsWith(main));
}

/** Whole lines from the end. */
function tailOf(path: string, bytesMax: number): Omit<BundleFile, 'path'> {
  const { bytes, size } = endOfFile(path, bytesMax);
  if (bytes.length === size) return { text: bytes.toString('utf8') };
  const lines = bytes.subarray(bytes.indexOf(NEWLINE) + 1);
  return { text: lines.toString('utf8'), cut: `the last ${lines.length} of ${size} bytes` };
}
