import {
  cpSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from './faulty-disk.ts';

/** Files of one folder as a power cut would leave them: only synced content and synced names. */
export class DurableFiles {
  readonly #root: string;
  /** The contents by inode. */
  readonly #contents = new Map<number, Buffer>();
  readonly #names = new Map<number, ReadonlyMap<string, number>>();
  readonly #folders = new Set<number>();

  /** @param root - All that is in it now counts as synced. */
  constructor(root: string) {
    this.#root = root;
    for (const path of everythingIn(root)) this.syncedPath(path);
  }

  /** A new file holds nothing yet, even if its inode number belonged to another file before. */
  made(path: string): void {
    this.#contents.delete(statSync(path).ino);
  }

  /** `fsync` of a file or folder that is open. */
  synced(descriptor: number): void {
    const { ino } = fstatSync(descriptor);
    const path = everythingIn(this.#root).find((each) => lstatSync(each).ino === ino);
    if (path !== undefined) this.syncedPath(path);
  }

  syncedPath(path: string): void {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (!stats.isDirectory()) return void this.#contents.set(stats.ino, readFileSync(path));
    const entries = readdirSync(path).map((name): [string, number] => {
      const { ino, isDirectory } = kindOf(join(path, name));
      if (isDirectory) this.#folders.add(ino);
      return [name, ino];
    });
    this.#names.set(stats.ino, new Map(entries));
  }

  /** @returns a new folder with everything as it is, synced or not. */
  imageOfAll(): string {
    const image = scratchFolder('all');
    cpSync(this.#root, image, { recursive: true });
    return image;
  }

  /** @returns a new folder with the synced files, and nothing else. */
  imageOfSynced(): string {
    const image = scratchFolder('synced');
    this.#restore(statSync(this.#root).ino, image);
    return image;
  }

  #restore(folder: number, to: string): void {
    for (const [name, ino] of this.#names.get(folder) ?? []) {
      const path = join(to, name);
      if (!this.#folders.has(ino)) {
        writeFileSync(path, this.#contents.get(ino) ?? '', { mode: 0o600 });
        continue;
      }
      mkdirSync(path, { mode: 0o700 });
      this.#restore(ino, path);
    }
  }
}

function kindOf(path: string): { readonly ino: number; readonly isDirectory: boolean } {
  const stats = lstatSync(path);
  return { ino: stats.ino, isDirectory: stats.isDirectory() };
}

/** The folder itself first. */
function everythingIn(root: string): readonly string[] {
  const within = readdirSync(root, { recursive: true, withFileTypes: true });
  return [root, ...within.map(({ parentPath, name }) => join(parentPath, name))];
}
