import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { quorumOf } from './quorum.ts';

const MEMBER_COUNT_MAX = 512;

describe('quorumOf (HS-10)', () => {
  for (const [members, quorum, oneHonest, faulty] of [
    [1, 1, 1, 0],
    [2, 2, 1, 0],
    [3, 3, 1, 0],
    [4, 3, 2, 1],
    [5, 4, 2, 1],
    [6, 5, 2, 1], // 2f + 1 would be 3: two disjoint quorums.
    [7, 5, 3, 2],
    [10, 7, 4, 3],
    [31, 21, 11, 10],
    [511, 341, 171, 170],
    [512, 342, 171, 170], // 2f + 1 would be 341: too few.
  ] as const) {
    test(`is ${quorum} of ${members} equal members, with ${oneHonest} holding an honest one`, () => {
      assert.deepEqual(quorumOf(BigInt(members)), {
        commitWeight: BigInt(quorum),
        oneHonestWeight: BigInt(oneHonest),
        faultyWeightMax: BigInt(faulty),
      });
    });
  }

  test('makes any two quorums share an honest member, and can be met by the honest alone', () => {
    for (let n = 1; n <= MEMBER_COUNT_MAX; n++) {
      const { commitWeight, oneHonestWeight, faultyWeightMax } = quorumOf(BigInt(n));
      const faulty = BigInt(Math.floor((n - 1) / 3));
      assert.equal(faultyWeightMax, faulty, `f at ${n}`);
      assert.ok(2n * commitWeight - BigInt(n) > faulty, `quorums too small at ${n}`);
      assert.ok(commitWeight <= BigInt(n) - faulty, `quorums out of reach at ${n}`);
      assert.equal(oneHonestWeight, faulty + 1n, `f + 1 at ${n}`);
    }
  });

  test('holds for any weight, however large', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 80n }), (total) => {
        const { commitWeight, oneHonestWeight, faultyWeightMax } = quorumOf(total);
        assert.ok(3n * faultyWeightMax < total);
        assert.ok(2n * commitWeight - total > faultyWeightMax);
        assert.ok(commitWeight + faultyWeightMax <= total);
        assert.ok(oneHonestWeight > faultyWeightMax);
      }),
    );
  });

  test('refuses a federation without weight', () => {
    assert.throws(() => quorumOf(0n), /total weight/);
    assert.throws(() => quorumOf(-1n), /total weight/);
  });
});
