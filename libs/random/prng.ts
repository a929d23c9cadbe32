import { assert } from '#libs/assert/assert.ts';
import { sha256 } from '#libs/bytes/sha256.ts';

/** A number, big integer or text; a number and a big integer of one value are the same seed. */
export type Seed = number | bigint | string;

/** Numbers that look random and are the same again for the same seed. Never for keys or nonces. */
export interface Prng {
  /**
   * A generator of its own, named below this one. It depends on the seed and the names alone, not on earlier draws: a
   * new draw in one part of a simulation does not disturb the others.
   */
  stream(name: string): Prng;
  /** A number of 53 random bits, from 0 up to but without 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with the given probability: never at 0, always at 1. */
  chance(probability: number): boolean;
  /** One element; an empty array is our own mistake. */
  pick<T>(array: readonly T[]): T;
  /** A new array with the same elements in another order (Fisher and Yates). */
  shuffle<T>(array: readonly T[]): T[];
}

/**
 * The algorithm is fixed, so that a seed in a bug report replays everywhere: sfc32 of PractRand (Chris
 * Doty-Humphrey), its three state words and counter set to the first 16 bytes (big-endian) of the SHA-256 of the
 * seed and the stream names as a JSON array, followed by twelve rounds that are thrown away.
 */
export function prng(seed: Seed): Prng {
  return new Sfc32([String(seed)]);
}

const WARM_UP_ROUNDS = 12;

class Sfc32 implements Prng {
  readonly #path: readonly string[];
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(path: readonly string[]) {
    this.#path = path;
    const seed = Buffer.from(sha256(Buffer.from(JSON.stringify(path), 'utf8')));
    this.#a = seed.readInt32BE(0);
    this.#b = seed.readInt32BE(4);
    this.#c = seed.readInt32BE(8);
    this.#counter = seed.readInt32BE(12);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.#u32();
  }

  stream(name: string): Prng {
    return new Sfc32([...this.#path, name]);
  }

  next(): number {
    const high = this.#u32() >>> 5;
    const low = this.#u32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  int(min: number, max: number): number {
    assert(Number.isSafeInteger(min) && Number.isSafeInteger(max), `not whole numbers: ${min}, ${max}`);
    assert(min <= max, `empty range: ${min} to ${max}`);
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    assert(probability >= 0 && probability <= 1, `not a probability: ${probability}`);
    return this.next() < probability;
  }

  pick<T>(array: readonly T[]): T {
    assert(array.length > 0, 'nothing to pick from');
    return array[this.int(0, array.length - 1)] as T;
  }

  shuffle<T>(array: readonly T[]): T[] {
    const shuffled = [...array];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.int(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
    }
    return shuffled;
  }

  #u32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
