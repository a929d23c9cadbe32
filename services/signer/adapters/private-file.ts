import type { Stats } from 'node:fs';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { CustodyError, type CustodyFault } from '../core/errors.ts';

const OTHERS_MAY = 0o077;
const PERMISSIONS = 0o777;
const CREDENTIAL_MODE = 0o440;

/** What a file of this kind may be, and what its errors call it. */
export interface PrivateFile {
  /** "key file" or "passphrase". */
  readonly label: string;
  readonly path: string;
  readonly bytesMax: number;
  /** What to do when there is none. */
  readonly missing: string;
  /** What to do when others may read it. */
  readonly exposed: string;
}

/**
 * Reads a secret that lies in a file of its owner alone, or comes through a pipe. Who reads it clears it.
 * @throws CustodyError `CUSTODY_KEY_MISSING`, `CUSTODY_FILE_UNREADABLE`, `CUSTODY_KEY_EXPOSED` or `CUSTODY_KEY_INVALID`;
 * never with a part of the content in it.
 */
export async function readPrivateFile(wanted: PrivateFile, links: 'refused' | 'followed'): Promise<Buffer> {
  const file = await opened(wanted, links);
  try {
    const stats = await file.stat();
    if (stats.isFile() && mayBeReadByOthers(stats))
      throw refused('CUSTODY_KEY_EXPOSED', wanted, wanted.exposed);
    return await readAtMost(file, wanted);
  } finally {
    await file.close();
  }
}

/**
 * A credential that systemd hands to a service of another user belongs to root, and lets that user read by a list of
 * its own, which shows as a right of the group: nobody is in the group of root who is not root.
 */
function mayBeReadByOthers({ mode, uid, gid }: Stats): boolean {
  const isCredential = uid === 0 && gid === 0 && (mode & PERMISSIONS) === CREDENTIAL_MODE;
  return (mode & OTHERS_MAY) !== 0 && !isCredential;
}

/** A pipe has no size: one byte more than allowed is asked for. */
async function readAtMost(file: FileHandle, wanted: PrivateFile): Promise<Buffer> {
  const content = Buffer.alloc(wanted.bytesMax + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(content, length, content.length - length);
    length += bytesRead;
    if (length > wanted.bytesMax) {
      content.fill(0);
      throw refused('CUSTODY_KEY_INVALID', wanted, `it is longer than ${wanted.bytesMax} bytes`);
    }
    if (bytesRead === 0) return content.subarray(0, length);
  }
}

async function opened(wanted: PrivateFile, links: 'refused' | 'followed'): Promise<FileHandle> {
  try {
    return await open(wanted.path, constants.O_RDONLY | (links === 'refused' ? constants.O_NOFOLLOW : 0));
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isMissing) throw refused('CUSTODY_KEY_MISSING', wanted, `it is missing: ${wanted.missing}`, cause);
    const reason = 'it cannot be opened: it must be a plain file, no link, that this user may read';
    throw refused('CUSTODY_FILE_UNREADABLE', wanted, reason, cause);
  }
}

function refused(
  code: CustodyFault,
  { label, path }: PrivateFile,
  reason: string,
  cause?: unknown,
): CustodyError {
  return new CustodyError(`${label} ${path}: ${reason}`, { code, path }, { cause });
}
