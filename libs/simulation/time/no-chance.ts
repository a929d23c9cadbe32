import { assert } from '#libs/assert/assert.ts';
import type { Prng } from '#libs/random/prng.ts';

const DRAWS = 2 ** 53;

/**
 * Chance without any: each draw is the least that it may be, nothing unlikely happens, and numbers count up, so that events
 * of one millisecond happen in the order in which they were planned.
 */
export class NoChance implements Prng {
  #count = 0;

  stream(): Prng {
    return new NoChance();
  }

  next(): number {
    return this.#count++ / DRAWS;
  }

  int(min: number): number {
    return min;
  }

  chance(probability: number): boolean {
    return probability >= 1;
  }

  pick<T>(array: readonly T[]): T {
    assert(array.length > 0, 'nothing to pick from');
    return array[0] as T;
  }

  shuffle<T>(array: readonly T[]): T[] {
    return [...array];
  }
}
