import { LEARN_DELAY_MS } from './rules/exchange-limits.ts';

/** Has found peers dialled a little later, once for all that are found until then. */
export class DelayedLearning {
  readonly #learn: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(learn: () => void) {
    this.#learn = learn;
  }

  soon(): void {
    if (this.#isStopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#learn();
    }, LEARN_DELAY_MS);
  }

  /** For good: addresses that connected peers still tell are not learned. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}
