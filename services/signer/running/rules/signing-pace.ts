/** The durations of the stages of one signature, milliseconds. */
export interface SigningTiming {
  /** Waiting behind other signatures. */
  readonly waitMs: number;
  /** Writing the record to the disk; 0 when an earlier request wrote it. */
  readonly recordMs: number;
  readonly signMs: number;
}

/** Signatures that tell how long the next one will take: the slowest of so many is about the 99th percentile. */
const REMEMBERED = 64;

/** The durations of recent signatures. */
export class SigningPace {
  readonly #latestMs: number[] = [];

  took(ms: number): void {
    this.#latestMs.push(ms);
    if (this.#latestMs.length > REMEMBERED) this.#latestMs.shift();
  }

  /**
   * Expected milliseconds until a signature is made that waits for `rounds` others. The first in line is expected at
   * once: were it refused because the last one was slow, none would be made, and it would be refused for ever.
   */
  expectedMs(rounds: number): number {
    return rounds === 0 ? 0 : (rounds + 1) * Math.max(0, ...this.#latestMs);
  }
}
