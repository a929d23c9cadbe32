import { fstatSync, readSync, type Stats, writeSync } from 'node:fs';
import { LOG_LIMITS } from './limits.ts';
import { blockFor, type LineSink, lossNotice, writeWhole } from './line-sink.ts';
import { rotateFile } from './rotate-file.ts';
import { SharedLogFile } from './shared-log-file.ts';

export interface RotatingFileOptions {
  readonly path: string;
  /** A line that would make the file larger begins the next one. */
  readonly sizeBytesMax: number;
  /** Called once when lines begin to be lost. */
  readonly onLoss?: (reason: string) => void;
  /** A replacement for the disk in tests. */
  readonly write?: (descriptor: number, data: Uint8Array) => number;
}

const LINE_FEED = 10;

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
  readonly #file: SharedLogFile;
  /** Size of the file after the last write of this process: another size means that somebody else wrote. */
  #end = -1;
  #lostCount = 0;
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

function endsWithLineFeed(descriptor: number, size: number): boolean {
  if (size === 0) return true;
  const last = new Uint8Array(1);
  return readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === LINE_FEED;
}
