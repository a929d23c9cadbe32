import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const PIECE_BYTES = 16 * 1024 * 1024;

/** How often the bytes stand in the memory that a process may write to: heap, stacks, everything. Linux alone. */
export function copiesInMemory(pid: number, wanted: Uint8Array): number {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return writableRegions(pid).reduce((sum, region) => sum + copiesIn(memory, region, wanted), 0);
  } finally {
    closeSync(memory);
  }
}

interface Region {
  readonly start: number;
  readonly end: number;
}

function writableRegions(pid: number): readonly Region[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    return start === undefined || end === undefined
      ? []
      : [{ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }];
  });
}

/** Read in pieces that overlap, so that nothing is missed between two. */
function copiesIn(memory: number, { start, end }: Region, wanted: Uint8Array): number {
  const buffer = Buffer.alloc(Math.min(PIECE_BYTES, end - start));
  const overlap = wanted.length - 1;
  let copies = 0;
  for (let at = start; at < end; at += buffer.length - overlap) {
    const length = readAt(memory, buffer, at, Math.min(buffer.length, end - at));
    copies += countIn(buffer.subarray(0, length), wanted);
    if (at + buffer.length >= end) break;
  }
  return copies;
}

/** Less than asked for where the kernel gives a page to nobody. */
function readAt(memory: number, buffer: Buffer, at: number, length: number): number {
  let done = 0;
  try {
    while (done < length) {
      const read = readSync(memory, buffer, done, length - done, at + done);
      if (read === 0) break;
      done += read;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EIO')) throw error;
  }
  return done;
}

function countIn(bytes: Buffer, wanted: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) count += 1;
  return count;
}
