/**
 * Critical sections (P2P-59): one piece of work at a time, in the order it came. What runs here is never cut short by
 * an ordered stop, for whoever stops waits for `finished` first.
 */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** Does `work` after all that came before. Its result or failure is the caller's alone. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when everything that was handed in before is done. */
  async finished(): Promise<void> {
    await this.#last;
  }
}
