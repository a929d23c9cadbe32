import { closeSync, fstatSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LOG_LIMITS } from './limits.ts';

const MODE = 0o640;

/** The log file at one path, which other processes rotate, remove and replace too. */
export class SharedLogFile {
  readonly #path: string;
  /** Another file was opened. */
  readonly #opened: () => void;
  #descriptor: number | undefined;
  #openAgainAtMs = 0;

  constructor(path: string, opened: () => void) {
    this.#path = path;
    this.#opened = opened;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /**
   * The file that lies at the path, opened again when it was rotated, removed or replaced. The path is looked at each
   * time, 2 µs: a line in a file that was rotated long ago would be deleted with it.
   */
  current(): { readonly descriptor: number; readonly stats: Stats } {
    const descriptor = this.#descriptor ?? this.#open();
    const stats = fstatSync(descriptor);
    if (!this.#isReplaced(stats)) return { descriptor, stats };
    const next = this.openNext(stats);
    return { descriptor: next, stats: fstatSync(next) };
  }

  /**
   * Opens the file that lies at the path now. While that fails, the open file is better than none, if it still has a
   * name.
   */
  openNext({ nlink }: Stats): number {
    const last = this.#descriptor;
    try {
      const next = this.#open();
      if (last !== undefined) closeSync(last);
      return next;
    } catch (error) {
      if (last === undefined || nlink === 0) throw error;
      return last;
    }
  }

  #isReplaced({ ino, dev }: Stats): boolean {
    const there = statSync(this.#path, { throwIfNoEntry: false });
    return there?.ino !== ino || there.dev !== dev;
  }

  #open(): number {
    const nowMs = performance.now();
    if (nowMs < this.#openAgainAtMs) throw new Error('the log file could not be opened a moment ago');
    this.#openAgainAtMs = nowMs + LOG_LIMITS.retryMs;
    const descriptor = openAppending(this.#path);
    this.#descriptor = descriptor;
    this.#openAgainAtMs = 0;
    this.#opened();
    return descriptor;
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
