import { assert } from '#libs/assert/assert.ts';
import type { Prng } from '#libs/random/prng.ts';
import type { Schedule } from '../time/schedule.ts';

/** The line of each member to the others. */
export interface LineRates {
  /** Up, and down as much; without bound where a message crosses no line. */
  readonly bitsPerSecond: number;
  /** One way. */
  readonly latencyMs: number;
  /** Each message takes up to so much longer, drawn by the seed. */
  readonly jitterMs: number;
}

/** A message on a line, and what happens when its last byte is there. */
export interface LineLoad {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly arrived: () => void;
}

/**
 * The lines of all members. One message after the other goes up the line of its sender, and down that of its receiver; those
 * between two members never overtake each other.
 */
export class Lines {
  readonly #schedule: Schedule;
  readonly #random: Prng;
  readonly #rates: LineRates;
  readonly #members: number;
  readonly #upFreeMs: Float64Array;
  readonly #downFreeMs: Float64Array;
  readonly #lastFirstMs: Float64Array;
  readonly #sentBytes: Float64Array;

  constructor(schedule: Schedule, random: Prng, rates: LineRates, members: number) {
    assert(rates.bitsPerSecond > 0, `a line carries bits, not ${rates.bitsPerSecond} a second`);
    this.#schedule = schedule;
    this.#random = random;
    this.#rates = rates;
    this.#members = members;
    this.#upFreeMs = new Float64Array(members);
    this.#downFreeMs = new Float64Array(members);
    this.#lastFirstMs = new Float64Array(members * members);
    this.#sentBytes = new Float64Array(members);
  }

  /** Bytes of each member that went up its line since the start. */
  sentBytes(): Float64Array {
    return this.#sentBytes.slice();
  }

  send({ from, to, bytes, arrived }: LineLoad): void {
    const { bitsPerSecond, latencyMs, jitterMs } = this.#rates;
    const { nowMs } = this.#schedule;
    const carryMs = (8_000 * bytes) / bitsPerSecond;
    const upMs = Math.max(nowMs, this.#upFreeMs[from] ?? 0);
    this.#upFreeMs[from] = upMs + carryMs;
    this.#sentBytes[from] = (this.#sentBytes[from] ?? 0) + bytes;
    const pair = from * this.#members + to;
    const firstMs = upMs + latencyMs + jitterMs * this.#random.next();
    const inOrderMs = Math.max(firstMs, this.#lastFirstMs[pair] ?? 0);
    this.#lastFirstMs[pair] = inOrderMs;
    // The first byte is there before the last one left: a message alone takes its time on a line once.
    this.#schedule.after(inOrderMs - nowMs, () => {
      const downMs = Math.max(this.#schedule.nowMs, this.#downFreeMs[to] ?? 0);
      this.#downFreeMs[to] = downMs + carryMs;
      this.#schedule.after(downMs + carryMs - this.#schedule.nowMs, arrived);
    });
  }
}
