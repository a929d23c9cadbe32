import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '#libs/files/atomic-file.ts';
import { BACKUPS_MAX } from './limits.ts';

const BACKUP_MODE = 0o600;
const NAMES_MAX = 100;

/**
 * Keeps a copy of a settings file beside it as `<name>.backup.YYYYMMDD-HHMMSS`, UTC (P2P-34, P2P-62), and returns its
 * name. When the newest copy holds the same bytes that one is enough. Only the newest `BACKUPS_MAX` copies stay.
 */
export async function backUp(path: string, bytes: Uint8Array, now: Date): Promise<string> {
  const folder = dirname(path);
  const copies = await copiesOf(path);
  const newest = copies.at(-1);
  if (newest !== undefined && (await readFile(join(folder, newest))).equals(bytes)) return newest;
  const kept = await keepUnderFreeName(path, bytes, now);
  for (const old of copies.slice(0, Math.max(0, copies.length + 1 - BACKUPS_MAX))) {
    await rm(join(folder, old), { force: true });
  }
  await syncFolder(folder);
  return kept;
}

/** Names of the copies of a file, oldest first. */
async function copiesOf(path: string): Promise<string[]> {
  const prefix = `${basename(path)}.backup.`;
  return (await readdir(dirname(path))).filter((name) => name.startsWith(prefix)).sort();
}

async function keepUnderFreeName(path: string, bytes: Uint8Array, now: Date): Promise<string> {
  const name = `${basename(path)}.backup.${timestamp(now)}`;
  for (let attempt = 0; attempt < NAMES_MAX; attempt++) {
    // Two digits: the names sort by age.
    const candidate = attempt === 0 ? name : `${name}.${String(attempt).padStart(2, '0')}`;
    if (await written(join(dirname(path), candidate), bytes)) return candidate;
  }
  throw new Error(`${NAMES_MAX} copies named ${name} already`);
}

/** False when there is such a file already: a copy never replaces another. */
async function written(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: BACKUP_MODE, flush: true });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** `YYYYMMDD-HHMMSS` in UTC. */
function timestamp(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
}
