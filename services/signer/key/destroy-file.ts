import { existsSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { draftsOf, syncFolder } from '#libs/files/atomic-file.ts';

/**
 * Destroys a file as far as possible: a disk that moves its blocks may keep them, and the seal is the
 * protection against that.
 */
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
  await syncFolder(dirname(path));
}

/**
 * Destroys drafts of a key file that a crash left: a draft may hold the key in the clear, when the file itself
 * is sealed.
 */
export async function destroyDrafts(path: string): Promise<void> {
  for (const draft of await draftsOf(path)) await destroyFile(draft);
}
