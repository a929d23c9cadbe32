import type { ClockPort } from '../ports/engine-ports.ts';

/** Values that are in it for a time, measured by waiting: a clock that jumps keeps nothing in it. Bounded: the oldest gives way. */
export class LapsingSet<T> {
  readonly #clock: Pick<ClockPort, 'after'>;
  readonly #sizeMax: number;
  readonly #cancels = new Map<T, () => void>();

  constructor(clock: Pick<ClockPort, 'after'>, sizeMax: number) {
    this.#clock = clock;
    this.#sizeMax = sizeMax;
  }

  has(value: T): boolean {
    return this.#cancels.has(value);
  }

  add(value: T, forMs: number): void {
    this.delete(value);
    for (const oldest of this.#cancels.keys()) {
      if (this.#cancels.size < this.#sizeMax) break;
      this.delete(oldest);
    }
    this.#cancels.set(
      value,
      this.#clock.after(forMs, () => this.#cancels.delete(value)),
    );
  }

  delete(value: T): void {
    this.#cancels.get(value)?.();
    this.#cancels.delete(value);
  }

  clear(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
