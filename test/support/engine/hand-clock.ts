import type { ClockPort } from '#libs/engine/ports/engine-ports.ts';

/** A clock that a test moves. */
export class HandClock implements ClockPort {
  #timers: { readonly dueMs: number; readonly fire: () => void }[] = [];
  #nowMs = 0;

  /** How many timers run. */
  get running(): number {
    return this.#timers.length;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Lets time pass; timers that are due fire in order. */
  pass(durationMs: number): void {
    const end = this.#nowMs + durationMs;
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      const due = next;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#nowMs = due.dueMs;
      due.fire();
    }
    this.#nowMs = end;
  }

  #nextUntil(endMs: number) {
    const due = this.#timers.filter(({ dueMs }) => dueMs <= endMs);
    return due.toSorted((one, other) => one.dueMs - other.dueMs)[0];
  }
}
