import { randomBytes } from 'node:crypto';
import { chmod, link, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file as a whole: a crash leaves the old content or the new one, and once this returns the new one,
 * even after a power cut. The folder is synced too, or the rename itself could be undone.
 * @param mode - File mode of the new file, for example 0o600.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  await putInPlace(path, { data, mode, put: rename });
}

/**
 * Makes a new file as a whole: of two processes that make it at the same time one fails, and overwrites nothing.
 * @throws the error of Node: `EEXIST` for a file that is there.
 */
export async function createFileAtomic(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  await putInPlace(path, {
    ...{ data, mode },
    async put(draft) {
      await link(draft, path);
      await rm(draft);
    },
  });
}

interface Draft {
  readonly data: string | Uint8Array;
  readonly mode: number;
  /** Gives the draft its name. */
  readonly put: (draft: string, path: string) => Promise<void>;
}

async function putInPlace(path: string, { data, mode, put }: Draft): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      // The mode is set by the file's name, which nobody else knows: under --permission Node refuses to change the
      // mode of descriptors.
      await chmod(temporary, mode);
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await put(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Paths of drafts that crashes of `writeFileAtomic` left for this file. Not to be asked for while another
 * process writes the file.
 */
export async function draftsOf(path: string): Promise<readonly string[]> {
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const isDraft = (name: string): boolean =>
    name.startsWith(prefix) && /^[0-9a-f]{8}\.tmp$/.test(name.slice(prefix.length));
  return names.filter(isDraft).map((name) => join(folder, name));
}

/** Makes the entries of a folder durable: names that were created, renamed or removed in it. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
