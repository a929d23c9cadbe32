/** Frames for all between two shuffles. */
export const SENDS_PER_SHUFFLE = 100;

/**
 * The order in which a frame for all is handed to them: by chance, and by another one after each hundred frames, so that
 * no peer is always served last. Nothing depends on it: each peer has its own queue, which keeps the order of its frames.
 */
export class SendOrder<T> {
  readonly #random: () => number;
  #all: readonly T[] = [];
  #shuffled: readonly T[] = [];
  #sendsLeft = 0;

  /** @param random - Numbers from 0 up to but without 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * The order for one frame.
   *
   * @param all - Another list than the last time is shuffled at once: a newcomer is in the order, and one that left is not.
   */
  next(all: readonly T[]): readonly T[] {
    if (all !== this.#all || this.#sendsLeft === 0) {
      this.#all = all;
      this.#shuffled = shuffled(all, this.#random);
      this.#sendsLeft = SENDS_PER_SHUFFLE;
    }
    this.#sendsLeft -= 1;
    return this.#shuffled;
  }
}

/** Fisher and Yates: every order is as likely as any other. */
function shuffled<T>(all: readonly T[], random: () => number): readonly T[] {
  const order = [...all];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
