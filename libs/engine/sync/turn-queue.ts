import type { ClockPort } from '../ports/engine-ports.ts';

/**
 * Work on a snapshot that is done later, one piece for each turn of the event loop: a chunk costs some milliseconds to
 * verify and to write. An error of it is no fault of the message that brought the chunk.
 */
export class TurnQueue {
  readonly #clock: Pick<ClockPort, 'after'>;
  readonly #broken: (error: unknown) => void;
  readonly #waiting: (() => void)[] = [];
  /** Numbers of the chunks that work waits for. */
  readonly #chunks = new Set<number>();
  #cancel: (() => void) | undefined;

  /** @param broken - Told the error of a piece of work that threw. */
  constructor(clock: Pick<ClockPort, 'after'>, broken: (error: unknown) => void) {
    this.#clock = clock;
    this.#broken = broken;
  }

  /** Pieces of work that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  hasChunk(number: number): boolean {
    return this.#chunks.has(number);
  }

  add(work: () => void): void {
    this.#waiting.push(work);
    this.#cancel ??= this.#clock.after(0, () => this.#turn());
  }

  /** Adds work on a chunk, which counts as here from now on. */
  addChunk(number: number, work: () => void): void {
    this.#chunks.add(number);
    this.add(() => {
      this.#chunks.delete(number);
      work();
    });
  }

  /** Does a piece of work at once. Undefined after an error of it, which is told. */
  now<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.#broken(error);
      return undefined;
    }
  }

  /** Forgets all work. */
  clear(): void {
    this.#waiting.splice(0);
    this.#chunks.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #turn(): void {
    this.#cancel = undefined;
    const work = this.#waiting.shift();
    if (work === undefined) return;
    if (this.#waiting.length > 0) this.#cancel = this.#clock.after(0, () => this.#turn());
    this.now(work);
  }
}
