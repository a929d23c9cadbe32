import { open } from 'node:fs/promises';

/** The bytes of a settings file, unchecked, and its permission bits. */
export interface SettingsFile {
  readonly bytes: Uint8Array;
  readonly mode: number;
}

const PERMISSION_BITS = 0o777;

/**
 * Reads a file of at most `bytesMax` bytes; undefined when there is none. One open handle for size, mode and content, so that a rename in
 * between cannot mix two files.
 *
 * @throws Error of node:fs, or an error that names the size.
 */
export async function readSettingsFile(path: string, bytesMax: number): Promise<SettingsFile | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const { size, mode } = await file.stat();
    if (size > bytesMax) throw new Error(`larger than ${bytesMax} bytes`);
    return { bytes: await file.readFile(), mode: mode & PERMISSION_BITS };
  } finally {
    await file.close();
  }
}

/** The problem, for a person. */
export function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
