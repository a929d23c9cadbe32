/**
 * Critical sections (P2P-59): one piece of work at a time, in the order of arrival. An orderly stop never cuts
 * such work short, because the stopping code waits for `finished` first.
 */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after all earlier work. Its result or failure is the caller's alone. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all work handed in before is done. */
  async finished(): Promise<void> {
    await this.#last;
  }
}
