import { fstatSync, readSync, type Stats, unlinkSync, writeSync } from 'node:fs';
import { LOG_LIMITS } from './limits.ts';
import { blockFor, deletionNotice, type LineSink, lossNotice, writeWhole } from './line-sink.ts';
import { rotateFile } from './rotate-file.ts';
import { deleteOldest } from './rotated-files.ts';
import { SharedLogFile } from './shared-log-file.ts';

export interface RotatingFileOptions {
  readonly path: string;
  /** A line that would make the file larger begins the next one. */
  readonly sizeBytesMax: number;
  /** Rotated files that are kept beside it, the newest; 0 keeps all. */
  readonly fileCountMax: number;
  /** Called once when lines begin to be lost. */
  readonly onLoss?: (reason: string) => void;
  /** Replacements for the disk in tests. */
  readonly write?: (descriptor: number, data: Uint8Array) => number;
  readonly remove?: (path: string) => void;
}

const LINE_FEED = 10;

/**
 * Appends lines to a file that rotates by size, with any number of writing processes (LOG-14, LOG-19). Each line is
 * one write at the end of the file. A writer that finds the file full rotates it, and a writer that finds it rotated,
 * removed or replaced opens the new one. The writer that rotated deletes the oldest rotated files (F-52). The partial last line of a killed process stands alone: the next writer
 * begins a new line.
 *
 * No failure reaches the caller (LOG-15): a line that cannot be written is counted, the file is tried again, and a
 * line before the first that passes says how many are missing.
 */
export class RotatingFile implements LineSink {
  readonly #options: RotatingFileOptions;
  readonly #file: SharedLogFile;
  /** Size of the file after the last write of this process: another size means that somebody else wrote. */
  #end = -1;
  #lostCount = 0;
  /** The reason why a rotated file could not be deleted, until a line has told it. */
  #undeleted: string | undefined;
  #rotateAgainAtMs = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#file = new SharedLogFile(options.path, () => {
      this.#end = -1;
    });
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
    this.#file.close();
  }

  #append(line: Buffer): void {
    const descriptor = this.#put(line);
    // Others rotated meanwhile, so often that the file was deleted as an old one: no reader would ever see the line.
    if (fstatSync(descriptor).nlink === 0) this.#put(line);
  }

  /** Returns the descriptor of the file that has the line now. */
  #put(line: Buffer): number {
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
    if (this.#undeleted !== undefined) put(deletionNotice(this.#undeleted));
    this.#undeleted = undefined;
    put(line);
    return descriptor;
  }

  /** The file to write into, and its size; rotated first when the line does not fit. */
  #fileFor(lineBytes: number): { readonly descriptor: number; readonly size: number } {
    const { descriptor, stats } = this.#file.current();
    const isFull = stats.size > 0 && stats.size + lineBytes > this.#options.sizeBytesMax;
    if (!isFull || !this.#rotate(stats)) return { descriptor, size: stats.size };
    const next = this.#file.openNext(stats);
    return { descriptor: next, size: fstatSync(next).size };
  }

  /** False when it cannot be done now: then the file grows on, because no line is lost to a full file. */
  #rotate({ ino }: Stats): boolean {
    const nowMs = performance.now();
    if (nowMs < this.#rotateAgainAtMs) return false;
    try {
      rotateFile(this.#options.path, ino);
    } catch {
      this.#rotateAgainAtMs = nowMs + LOG_LIMITS.retryMs;
      return false;
    }
    this.#deleteOldest();
    return true;
  }

  /** A file that cannot be deleted costs no line: the log tells of it, and the next rotation tries again. */
  #deleteOldest(): void {
    const { path, fileCountMax: countMax, remove = unlinkSync } = this.#options;
    try {
      deleteOldest(path, { countMax, remove });
    } catch (error) {
      this.#undeleted = error instanceof Error ? error.message : String(error);
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

function endsWithLineFeed(descriptor: number, size: number): boolean {
  if (size === 0) return true;
  const last = new Uint8Array(1);
  return readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === LINE_FEED;
}
