import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './atomic-file.ts';

/**
 * Writes a new file: when this returns it outlasts a power cut, its name too.
 * @param mode - File mode, for example 0o600.
 * @throws the error of Node: `EEXIST` for a file that is there, which stays as it is.
 */
export async function writeNewFile(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/**
 * Makes a folder, and the missing ones above it; an existing folder is kept. Their names outlast a power cut:
 * content synced in a folder whose name is lost would be lost with it.
 */
export async function makeFolder(path: string, mode: number): Promise<void> {
  const last = resolve(path);
  const first = (await mkdir(last, { recursive: true, mode })) ?? last;
  // A name is an entry of the folder above. The last folder's name is synced even when it existed: a crash may
  // have come between.
  for (let folder = dirname(last); folder.length >= dirname(first).length; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === dirname(folder)) return;
  }
}
