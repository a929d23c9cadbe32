import { existsSync, renameSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '#libs/files/atomic-file.ts';

/** Files of one folder that replace those of the same names in another. */
export interface Replacement {
  readonly folder: string;
  readonly from: string;
  readonly archive: string;
  readonly names: readonly string[];
}

/**
 * Moves the old files into the archive and the new ones to their places, durably. Repeated after a crash at any
 * moment, it has the same result.
 */
export async function replaceFiles({ folder, from, archive, names }: Replacement): Promise<void> {
  for (const name of names) {
    const [old, kept] = [join(folder, name), join(archive, name)];
    if (existsSync(old) && !existsSync(kept)) renameSync(old, kept);
  }
  for (const name of names) {
    if (existsSync(join(from, name))) renameSync(join(from, name), join(folder, name));
  }
  // The new folders are synced before the old ones: a name that a power cut takes back is in one of the two.
  for (const each of [archive, folder, from]) await syncFolder(each);
}

/**
 * Writes a secret to a second file too, durably, also over half of one. Read and written: for copying by the kernel a hardened
 * core lacks the system calls (deploy/signer/seccomp.json).
 */
export async function copySecret(from: string, to: string): Promise<void> {
  const content = await readFile(from);
  const file = await open(to, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    content.fill(0);
    await file.close();
  }
}
