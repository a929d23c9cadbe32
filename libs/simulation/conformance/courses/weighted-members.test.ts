import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { quorumOf } from '#libs/protocol/quorum.ts';
import { prng } from '#libs/random/prng.ts';
import { drawWeights } from './weighted-members.ts';

const drawn = (seed: number, members: number) => drawWeights(prng(seed), members);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

describe('members of drawn weights', () => {
  test('have none that weighs more than what may be faulty, and faulty ones that weigh no more together', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 4, max: 12 }), (seed, members) => {
        const { weights, faulty } = drawn(seed, members);
        const { faultyWeightMax } = quorumOf(BigInt(sum(weights)));
        assert.equal(weights.length, members);
        assert.ok(Math.max(...weights) <= faultyWeightMax);
        assert.ok(sum(faulty.map((member) => weights[member] ?? 0)) <= faultyWeightMax);
        assert.equal(new Set(faulty).size, faulty.length);
      }),
    );
  });

  test('are now and then more than a third of all heads, and fewer', () => {
    const shares = Array.from({ length: 200 }, (_, seed) => drawn(seed, 7).faulty.length);
    assert.ok(shares.some((count) => count > 2));
    assert.ok(shares.some((count) => count === 1));
  });
});
