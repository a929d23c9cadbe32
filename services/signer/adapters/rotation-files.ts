import { existsSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '#libs/files/atomic-file.ts';

/** Files of one folder that take the place of those of the same names in another. */
export interface Replacement {
  readonly folder: string;
  readonly from: string;
  readonly archive: string;
  readonly names: readonly string[];
}

/**
 * Moves the old files into the archive and the new ones to their places, durably. Done again after a crash at any moment it
 * ends in the same.
 */
export async function replaceFiles({ folder, from, archive, names }: Replacement): Promise<void> {
  for (const name of names) {
    const [old, kept] = [join(folder, name), join(archive, name)];
    if (existsSync(old) && !existsSync(kept)) renameSync(old, kept);
  }
  for (const name of names) {
    if (existsSync(join(from, name))) renameSync(join(from, name), join(folder, name));
  }
  await syncFolder(archive);
  await syncFolder(folder);
}

/** As far as a file can be destroyed: a disk that moves its blocks may keep them, which is what the seal is for. */
export async function destroyFile(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size), 0, size, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  rmSync(path);
}
