import { assert } from '#libs/assert/assert.ts';

/** A file of an archive. */
export interface ArchivedFile {
  /** Below the folder of the archive, in ASCII. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** POSIX.1-1988 "ustar": every tar since reads it, and regular files in short paths need no more. */
const BLOCK = 512;
const PATH_BYTES_MAX = 100;
const MODE = '0000600';
const SUM_FIELD = { at: 148, length: 8 } as const;

/**
 * A tar archive of regular files that their owner alone may read.
 *
 * @param modifiedMs - The time of all of them, milliseconds since 1970.
 */
export function tarArchive(files: readonly ArchivedFile[], modifiedMs: number): Uint8Array {
  const blocks = files.flatMap(({ path, content }) => [
    headerOf(path, content.length, modifiedMs),
    content,
    Buffer.alloc(paddingOf(content.length)),
  ]);
  // Two empty blocks end an archive.
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(path: string, size: number, modifiedMs: number): Buffer {
  const isName = /^[\x21-\x7e]+$/.test(path) && path.length <= PATH_BYTES_MAX;
  assert(isName, `no name of a file in an archive: ${JSON.stringify(path)}`);
  const header = Buffer.alloc(BLOCK);
  const fields: readonly (readonly [number, string])[] = [
    [0, path],
    [100, `${MODE}\0`],
    [108, `${octal(0, 7)}\0`],
    [116, `${octal(0, 7)}\0`],
    [124, `${octal(size, 11)}\0`],
    [136, `${octal(Math.floor(modifiedMs / 1000), 11)}\0`],
    // The sum is made with blanks in its own field.
    [SUM_FIELD.at, ' '.repeat(SUM_FIELD.length)],
    [156, '0'],
    [257, 'ustar\x0000'],
  ];
  for (const [at, text] of fields) header.write(text, at, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, SUM_FIELD.at, 'latin1');
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
