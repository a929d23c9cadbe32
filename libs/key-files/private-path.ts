import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from '#libs/errors/app-error.ts';
import { type Exposure, exposureText } from './exposure.ts';

/**
 * The reason why a file with a private key is not used. The message names the path, its mode and the command
 * that cures it.
 */
export class FileExposedError extends AppError<{ readonly code: 'FILE_EXPOSED'; readonly path: string }> {
  override readonly name = 'FileExposedError';
}

/** The other readers that a private file may have: none, or, where root owns it, the group that root gave it to. */
export type Readers = 'user' | 'group-of-root';

const ANYBODY = 0o077;
/** All rights of others, and the group's rights beyond reading. */
const MORE_THAN_GROUP_READS = 0o037;
const GROUP_OR_OTHERS_WRITE = 0o022;
const OTHERS_WRITE = 0o002;
/** In a sticky folder, such as /tmp, nobody removes or renames the files of others. */
const STICKY = 0o1000;
const PERMISSIONS = 0o7777;
const CREDENTIAL_MODE = 0o440;
const ROOT = 0;

/**
 * Reads a file with a private key that nobody else may read, from folders in which nobody else may put another one in its place.
 * @throws FileExposedError, or the error of Node when it cannot be read.
 */
export function readPrivateKey(path: string, readers: Readers = 'user'): Buffer {
  const file = openSync(path, constants.O_RDONLY);
  try {
    refuse(path, exposureOf(path, fstatSync(file), readers));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Looks at such a file without reading it; a missing file passes. @throws FileExposedError. */
export function checkPrivateKey(path: string, readers: Readers = 'user'): void {
  refuse(path, privateKeyExposure(path, readers));
}

/** The exposure of such a file, which is not read; a missing file has none. */
export function privateKeyExposure(path: string, readers: Readers = 'user'): Exposure | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && exposureOf(path, stats, readers);
}

function refuse(path: string, exposure: Exposure | undefined): void {
  if (exposure !== undefined)
    throw new FileExposedError(exposureText(exposure), { code: 'FILE_EXPOSED', path });
}

/**
 * The exposure of a private file; undefined when there is none. The mode of a file that is not regular, such as a pipe,
 * means nothing.
 */
export function exposureOf(path: string, stats: Stats, readers: Readers): Exposure | undefined {
  if (!stats.isFile()) return undefined;
  if (!othersMayRead(stats, readers)) return folderExposure(path);
  return {
    path,
    found: `${path} has mode ${modeText(stats)}, others may read it`,
    cure: `run chmod 600 ${path}, and if somebody may have read it, make a new one`,
  };
}

/**
 * The rule of OpenSSH and PostgreSQL. A credential that systemd hands to a service of another user belongs to
 * root, and lets that user read by an access list of its own, which shows as a right of the group: only root is
 * in the group of root.
 */
function othersMayRead({ mode, uid, gid }: Stats, readers: Readers): boolean {
  const isCredential = uid === ROOT && gid === ROOT && (mode & PERMISSIONS) === CREDENTIAL_MODE;
  if (isCredential) return false;
  const isOfRoot = readers === 'group-of-root' && uid === ROOT;
  return (mode & (isOfRoot ? MORE_THAN_GROUP_READS : ANYBODY)) !== 0;
}

/**
 * The first folder on the way to a file that too many users may write in. Neither group nor others may write in the
 * file's own folder, and others may not write in the folders above. A user who can write in a folder can replace the
 * files in it, even against their modes.
 */
export function folderExposure(path: string): Exposure | undefined {
  for (const { folder, isOwn } of foldersOf(path)) {
    // A folder that does not exist yet will be made for its user alone.
    const { mode } = statSync(folder, { throwIfNoEntry: false }) ?? { mode: 0 };
    const writers = isOwn ? GROUP_OR_OTHERS_WRITE : OTHERS_WRITE;
    if ((mode & writers) === 0 || (mode & STICKY) !== 0) continue;
    return {
      path: folder,
      found: `${folder} has mode ${modeText({ mode })}, others may put another file in place of ${path}`,
      cure: `run chmod go-w ${folder}`,
    };
  }
  return undefined;
}

interface Folder {
  readonly folder: string;
  /** Whether the file itself is in this folder. */
  readonly isOwn: boolean;
}

/** The folders from the file's own upward; a link also adds the folders that it leads through. */
function foldersOf(path: string): readonly Folder[] {
  const named = foldersAbove(resolve(path));
  const isLinked = [path, ...named.map(({ folder }) => folder)].some((each) => isLink(each));
  return isLinked ? [...named, ...foldersAbove(realpathSync.native(path))] : named;
}

/**
 * Folders up to the limit of this process' read permission: the author of Node's permissions answers for the
 * folders above.
 */
function foldersAbove(path: string): readonly Folder[] {
  const folders: Folder[] = [];
  for (let folder = dirname(path), last = path; folder !== last; last = folder, folder = dirname(folder)) {
    if (process.permission?.has('fs.read', folder) === false) break;
    folders.push({ folder, isOwn: last === path });
  }
  return folders;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function modeText({ mode }: Pick<Stats, 'mode'>): string {
  return (mode & PERMISSIONS).toString(8).padStart(4, '0');
}
