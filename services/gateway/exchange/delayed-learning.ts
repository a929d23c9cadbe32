import { LEARN_DELAY_MS } from './rules/exchange-limits.ts';

/** Has found peers dialled a little later, once for all that are found until then. */
export class DelayedLearning {
  readonly #learn: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(learn: () => void) {
    this.#learn = learn;
  }

  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#learn();
    }, LEARN_DELAY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
