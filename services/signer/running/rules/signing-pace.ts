/** Where the time of one signature went, milliseconds. */
export interface SigningTiming {
  /** Behind other signatures. */
  readonly waitMs: number;
  /** In the record, on the disk; 0 when an earlier request wrote it. */
  readonly recordMs: number;
  readonly signMs: number;
}

/** Signatures that tell how long the next one will take: the slowest of so many is about the 99th percentile. */
const REMEMBERED = 64;

/** How long signatures took of late. */
export class SigningPace {
  readonly #latestMs: number[] = [];

  took(ms: number): void {
    this.#latestMs.push(ms);
    if (this.#latestMs.length > REMEMBERED) this.#latestMs.shift();
  }

  /**
   * Milliseconds until a signature is there that has `rounds` others before it. Without any before it nothing is expected:
   * were it refused because the last one was slow, none would be made, and it would be refused for ever.
   */
  expectedMs(rounds: number): number {
    return rounds === 0 ? 0 : (rounds + 1) * Math.max(0, ...this.#latestMs);
  }
}
