import { closeSync, fstatSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LOG_LIMITS } from './limits.ts';

const MODE = 0o640;

interface OpenFile {
  readonly descriptor: number;
  /** Time at which it was last compared with the file at the path. */
  lookedAtMs: number;
}

/** The log file at one path, which other processes rotate, remove and replace too. */
export class SharedLogFile {
  readonly #path: string;
  /** Another file was opened. */
  readonly #opened: () => void;
  #file: OpenFile | undefined;
  #openAgainAtMs = 0;

  constructor(path: string, opened: () => void) {
    this.#path = path;
    this.#opened = opened;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  /** The file that lies at the path, opened again when it was rotated, removed or replaced. */
  current(): { readonly descriptor: number; readonly stats: Stats } {
    const file = this.#file ?? this.#open();
    const stats = fstatSync(file.descriptor);
    if (stats.nlink > 0 && !this.#isReplaced(file, stats)) return { descriptor: file.descriptor, stats };
    const descriptor = this.openNext(stats);
    return { descriptor, stats: fstatSync(descriptor) };
  }

  /**
   * Opens the file that lies at the path now. While that fails, the open file is better than none, if it still has a
   * name.
   */
  openNext({ nlink }: Stats): number {
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
    const there = statSync(this.#path, { throwIfNoEntry: false });
    return there?.ino !== ino || there.dev !== dev;
  }

  #open(): OpenFile {
    const nowMs = performance.now();
    if (nowMs < this.#openAgainAtMs) throw new Error('the log file could not be opened a moment ago');
    this.#openAgainAtMs = nowMs + LOG_LIMITS.retryMs;
    this.#file = { descriptor: openAppending(this.#path), lookedAtMs: nowMs };
    this.#openAgainAtMs = 0;
    this.#opened();
    return this.#file;
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
