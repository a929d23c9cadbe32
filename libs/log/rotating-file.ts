import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { LOG_LIMITS } from './limits.ts';
import { blockFor, type LineSink, lossNotice, writeWhole } from './line-sink.ts';
import { rotateFile } from './rotate-file.ts';

export interface RotatingFileOptions {
  readonly path: string;
  /** A line that would make the file larger begins the next one. */
  readonly sizeBytesMax: number;
  /** Called once when lines begin to be lost. */
  readonly onLoss?: (reason: string) => void;
  /** A replacement for the disk in tests. */
  readonly write?: (descriptor: number, data: Uint8Array) => number;
}

const MODE = 0o640;
const LINE_FEED = 10;

interface OpenFile {
  readonly descriptor: number;
  /** Time at which it was last compared with the file at the path. */
  lookedAtMs: number;
}

/**
 * Appends lines to a file that rotates by size, with any number of writing processes (LOG-14, LOG-19). Each line is
 * one write at the end of the file. A writer that finds the file full rotates it, and a writer that finds it rotated,
 * removed or replaced opens the new one. The partial last line of a killed process stands alone: the next writer
 * begins a new line.
 *
 * No failure reaches the caller (LOG-15): a line that cannot be written is counted, the file is tried again, and a
 * line before the first that passes says how many are missing.
 */
export class RotatingFile implements LineSink {
  readonly #options: RotatingFileOptions;
  #file: OpenFile | undefined;
  /** Size of the file after the last write of this process: another size means that somebody else wrote. */
  #end = -1;
  #lostCount = 0;
  #openAgainAtMs = 0;
  #rotateAgainAtMs = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  write(line: string): void {
    try {
      this.#append(Buffer.from(line, 'utf8'));
    } catch (error) {
      this.#lostCount += 1;
      if (this.#lostCount === 1)
        this.#options.onLoss?.(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  #append(line: Buffer): void {
    const { descriptor, size } = this.#fileFor(line.length);
    let end = size;
    const put = (data: Uint8Array): void => {
      this.#end = -1;
      writeWhole((rest) => this.#writeSome(descriptor, rest), data);
      end += data.length;
      this.#end = end;
    };
    if (this.#isCut(descriptor, size)) put(Uint8Array.of(LINE_FEED));
    if (this.#lostCount > 0) {
      put(lossNotice(this.#lostCount));
      this.#lostCount = 0;
    }
    put(line);
  }

  /** The file to write into, and its size; rotated first when the line does not fit. */
  #fileFor(lineBytes: number): { readonly descriptor: number; readonly size: number } {
    const { descriptor, stats } = this.#current();
    const isFull = stats.size > 0 && stats.size + lineBytes > this.#options.sizeBytesMax;
    if (!isFull || !this.#rotate(stats)) return { descriptor, size: stats.size };
    const next = this.#openNext(stats);
    return { descriptor: next, size: fstatSync(next).size };
  }

  #current(): { readonly descriptor: number; readonly stats: Stats } {
    const file = this.#file ?? this.#open();
    const stats = fstatSync(file.descriptor);
    if (stats.nlink > 0 && !this.#isReplaced(file, stats)) return { descriptor: file.descriptor, stats };
    const descriptor = this.#openNext(stats);
    return { descriptor, stats: fstatSync(descriptor) };
  }

  /**
   * Opens the file that lies at the path now. While that fails, the open file is better than none, if it still has a
   * name.
   */
  #openNext({ nlink }: Stats): number {
    const last = this.#file;
    try {
      const { descriptor } = this.#open();
      if (last !== undefined) closeSync(last.descriptor);
      return descriptor;
    } catch (error) {
      if (last === undefined || nlink === 0) throw error;
      return last.descriptor;
    }
  }

  #isReplaced(file: OpenFile, { ino, dev }: Stats): boolean {
    const nowMs = performance.now();
    if (nowMs - file.lookedAtMs < LOG_LIMITS.lookMs) return false;
    file.lookedAtMs = nowMs;
    const there = statSync(this.#options.path, { throwIfNoEntry: false });
    return there?.ino !== ino || there.dev !== dev;
  }

  #open(): OpenFile {
    const nowMs = performance.now();
    if (nowMs < this.#openAgainAtMs) throw new Error('the log file could not be opened a moment ago');
    this.#openAgainAtMs = nowMs + LOG_LIMITS.retryMs;
    this.#file = { descriptor: openAppending(this.#options.path), lookedAtMs: nowMs };
    this.#openAgainAtMs = 0;
    this.#end = -1;
    return this.#file;
  }

  /** False when it cannot be done now: then the file grows on, because no line is lost to a full file. */
  #rotate({ ino }: Stats): boolean {
    const nowMs = performance.now();
    if (nowMs < this.#rotateAgainAtMs) return false;
    try {
      rotateFile(this.#options.path, ino);
      return true;
    } catch {
      this.#rotateAgainAtMs = nowMs + LOG_LIMITS.retryMs;
      return false;
    }
  }

  /** Whether the file ends in the middle of a line that nobody will finish. */
  #isCut(descriptor: number, size: number): boolean {
    if (size === this.#end || endsWithLineFeed(descriptor, size)) return false;
    blockFor(LOG_LIMITS.foreignLineMs);
    return !endsWithLineFeed(descriptor, fstatSync(descriptor).size);
  }

  #writeSome(descriptor: number, data: Uint8Array): number {
    return this.#options.write?.(descriptor, data) ?? writeSync(descriptor, data);
  }
}

/** Makes the folder too, if its parent is there: a home that was removed is not made again for a log. */
function openAppending(path: string): number {
  try {
    return openSync(path, 'a+', MODE);
  } catch {
    mkdirSync(dirname(path), { mode: 0o700 });
    return openSync(path, 'a+', MODE);
  }
}

function endsWithLineFeed(descriptor: number, size: number): boolean {
  if (size === 0) return true;
  const last = new Uint8Array(1);
  return readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === LINE_FEED;
}
