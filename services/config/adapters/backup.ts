import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '#libs/files/atomic-file.ts';

const BACKUP_MODE = 0o600;
const NAMES_MAX = 100;

/**
 * Keeps a copy of a corrupted file beside it as `<name>.backup.YYYYMMDD-HHMMSS`, UTC (P2P-34), and returns its name.
 * When the newest copy holds the same bytes that one is enough: a node that is started again and again does not fill
 * the disk.
 */
export async function backUp(path: string, text: string, now: Date): Promise<string> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.backup.`;
  const newest = (await readdir(folder))
    .filter((name) => name.startsWith(prefix))
    .sort()
    .at(-1);
  if (newest !== undefined && (await readFile(join(folder, newest), 'utf8')) === text) return newest;
  const name = prefix + timestamp(now);
  for (let attempt = 0; attempt < NAMES_MAX; attempt++) {
    const candidate = attempt === 0 ? name : `${name}.${attempt}`;
    if (!(await written(join(folder, candidate), text))) continue;
    await syncFolder(folder);
    return candidate;
  }
  throw new Error(`${NAMES_MAX} copies named ${name} already`);
}

/** False when there is such a file already: a copy never replaces another. */
async function written(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: BACKUP_MODE, flush: true });
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
