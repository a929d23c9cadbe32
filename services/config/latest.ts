/**
 * A value that changes, and its watchers. A watcher gets the value at once and then every newer one; a slow
 * watcher gets the newest and misses those between, so nothing is ever queued for it.
 */
export class Latest<T> {
  #value: T;
  #version = 0;
  #changed = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#version += 1;
    this.#wake();
  }

  /** Replaces the value without a word to the watchers: nothing that they use has changed. */
  amend(value: T): void {
    this.#value = value;
  }

  /** Ends every watch. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Ends when `signal` aborts or the value is closed. */
  async *watch(signal: AbortSignal): AsyncGenerator<T> {
    const aborted = Promise.withResolvers<void>();
    const abort = (): void => aborted.resolve();
    signal.addEventListener('abort', abort, { once: true });
    try {
      for (let seen = -1; !this.#isClosed && !signal.aborted; ) {
        if (seen === this.#version) {
          await Promise.race([this.#changed.promise, aborted.promise]);
          continue;
        }
        seen = this.#version;
        yield this.#value;
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
