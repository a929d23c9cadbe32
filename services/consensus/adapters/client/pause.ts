/** A wait that is cut short by `wake`, and over at once for good after `end`. One waiter at a time. */
export class Pause {
  #wake: () => void = () => {};
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  wake(): void {
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Waits `ms` at most. A `wake` before the call is not remembered: look first, then wait. */
  async wait(ms: number): Promise<void> {
    if (this.#ended || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
