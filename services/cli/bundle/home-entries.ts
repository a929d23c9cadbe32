import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_LIMITS } from './limits.ts';

/** An entry of a home, and nothing of its content. */
export interface HomeEntry {
  /** Below the home. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'socket' | 'other' | 'unreadable';
  /** Four octal digits. */
  readonly mode?: string;
  readonly bytes?: number;
  readonly owner?: number;
  readonly group?: number;
  readonly modified?: string;
  /** Where a link leads; nobody went there. */
  readonly target?: string;
}

export interface HomeEntries {
  readonly entries: readonly HomeEntry[];
  /** There are more, or deeper ones. */
  readonly isCut: boolean;
}

const PERMISSIONS = 0o7777;

/** All entries of a home, by their names. A link is listed and not followed, so nothing outside is looked at. */
export function homeEntries(home: string): HomeEntries {
  const { entriesMax, depthMax } = BUNDLE_LIMITS;
  const entries: HomeEntry[] = [];
  let isCut = false;
  const walk = (folder: string, depth: number): void => {
    for (const name of namesIn(join(home, folder))) {
      if (entries.length >= entriesMax || depth > depthMax) {
        isCut = true;
        return;
      }
      const path = join(folder, name);
      const entry = entryAt(home, path);
      entries.push(entry);
      if (entry.kind === 'folder') walk(path, depth + 1);
    }
  };
  walk('', 1);
  return { entries, isCut };
}

/** At most `bytesMax` bytes from the end of a plain file; a link, or a file that is none, is refused. */
export function endOfFile(path: string, bytesMax: number): { readonly bytes: Buffer; readonly size: number } {
  // A pipe that nobody writes to must not hold us up.
  const file = opened(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error(`${path} is no plain file`);
    const bytes = Buffer.alloc(Math.min(bytesMax, stats.size));
    const length = readSync(file, bytes, 0, bytes.length, stats.size - bytes.length);
    return { bytes: bytes.subarray(0, length), size: stats.size };
  } finally {
    closeSync(file);
  }
}

function opened(path: string, flags: number): number {
  try {
    return openSync(path, flags);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ELOOP')) throw cause;
    throw new Error(`${path} is a link, which is not followed`, { cause });
  }
}

/** A folder that this user may not look into has none: its own entry shows its mode. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

function entryAt(home: string, path: string): HomeEntry {
  try {
    const stats = lstatSync(join(home, path));
    const { mode, size: bytes, uid: owner, gid: group, mtime } = stats;
    const kind = kindOf(stats);
    return {
      ...{ path, kind, mode: (mode & PERMISSIONS).toString(8).padStart(4, '0'), bytes, owner, group },
      modified: mtime.toISOString(),
      ...(kind === 'link' ? { target: readlinkSync(join(home, path)) } : {}),
    };
  } catch {
    return { path, kind: 'unreadable' }; // It went away meanwhile, or its folder lets nobody look.
  }
}

function kindOf(stats: ReturnType<typeof lstatSync>): HomeEntry['kind'] {
  if (stats === undefined) return 'unreadable';
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'link';
  return stats.isSocket() ? 'socket' : 'other';
}
