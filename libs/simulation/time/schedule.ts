import { assert } from '#libs/assert/assert.ts';
import type { Prng } from '#libs/random/prng.ts';

interface Entry {
  readonly atMs: number;
  /** Drawn from the seed: orders events of the same millisecond. */
  readonly tie: number;
  readonly run: () => void;
}

/** Virtual time: one queue of future events, ordered by time and then by a seeded draw. The clock jumps. */
export class Schedule {
  readonly #random: Prng;
  readonly #heap: Entry[] = [];
  #nowMs = 0;
  #steps = 0;

  constructor(random: Prng) {
    this.#random = random;
  }

  /** Milliseconds since the start of the simulation. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events that happened so far. */
  get steps(): number {
    return this.#steps;
  }

  /** When the next event happens; undefined: never. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  after(delayMs: number, run: () => void): void {
    assert(delayMs >= 0, `time does not run backwards: ${delayMs}`);
    this.#push({ atMs: this.#nowMs + delayMs, tie: this.#random.next(), run });
  }

  /** Lets the next event happen. */
  step(): void {
    const entry = this.#pop();
    assert(entry !== undefined, 'nothing will ever happen again');
    this.#nowMs = entry.atMs;
    this.#steps += 1;
    entry.run();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first;
  }

  /** Finds the position of `entry`, which fills the free slot at the top. */
  #sink(entry: Entry): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const child = this.#earlierChild(at);
      const below = heap[child];
      if (below === undefined || !isBefore(below, entry)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = entry;
  }

  #earlierChild(at: number): number {
    const left = this.#heap[2 * at + 1];
    const right = this.#heap[2 * at + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs === b.atMs ? a.tie < b.tie : a.atMs < b.atMs;
}
