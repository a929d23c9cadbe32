import { constants, type FileHandle, open } from 'node:fs/promises';
import { exposureText } from '#libs/key-files/exposure.ts';
import { exposureOf } from '#libs/key-files/private-path.ts';
import { CustodyError, type CustodyFault } from '../words/errors.ts';

/** A kind of private file: its limits, and its name in errors. */
export interface PrivateFile {
  /** "key file" or "passphrase". */
  readonly label: string;
  readonly path: string;
  readonly bytesMax: number;
  /** The advice in the error when there is no such file. */
  readonly missing: string;
}

/**
 * Reads a secret from a file that only its owner may read, or through a pipe. The caller clears it.
 * @throws CustodyError `CUSTODY_KEY_MISSING`, `CUSTODY_FILE_UNREADABLE`, `CUSTODY_KEY_EXPOSED` or
 * `CUSTODY_KEY_INVALID`; never with a part of the content in it.
 */
export async function readPrivateFile(wanted: PrivateFile, links: 'refused' | 'followed'): Promise<Buffer> {
  const file = await opened(wanted, links);
  try {
    const stats = await file.stat();
    const exposure = exposureOf(wanted.path, stats, 'user');
    if (exposure !== undefined) {
      throw new CustodyError(`${wanted.label}: ${exposureText(exposure)}`, {
        code: 'CUSTODY_KEY_EXPOSED',
        path: wanted.path,
      });
    }
    return await readAtMost(file, wanted);
  } finally {
    await file.close();
  }
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
