import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { prng } from '#libs/random/prng.ts';
import { backoffMs } from './backoff.ts';
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS } from './connection-limits.ts';

const LONGEST = () => 0;

describe('backoff', () => {
  test('doubles from the base to the cap', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((failures) => backoffMs(failures, LONGEST, 30_000));
    assert.deepEqual(waits, [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  test('P2P-16 reaches its cap within a second', () => {
    const waits = [1, 2, 3, 4, 50].map((failures) => backoffMs(failures, LONGEST));
    assert.deepEqual(waits, [200, 400, 800, BACKOFF_CAP_MS, BACKOFF_CAP_MS]);
  });

  test('P2P-13 waits between half of the full wait and all of it, whatever the random numbers', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, draw) => {
          const wait = backoffMs(failures, () => draw);
          const full = backoffMs(failures, LONGEST);
          assert.ok(
            wait <= full && wait >= full / 2 && wait >= BACKOFF_BASE_MS / 2 && wait <= BACKOFF_CAP_MS,
          );
        },
      ),
    );
  });

  test('gives the same waits for the same seed and others for another', () => {
    const waits = (seed: number): number[] => {
      const random = prng(seed);
      return [1, 2, 3, 4].map((failures) => backoffMs(failures, () => random.next()));
    };
    assert.deepEqual(waits(1), waits(1));
    assert.notDeepEqual(waits(1), waits(2));
  });
});
