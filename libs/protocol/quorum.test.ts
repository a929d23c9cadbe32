import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { quorumOf } from './quorum.ts';
import { hasQuorum, validatorSet } from './validator-set.ts';

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

  /** A set of equal members, and the same for members in any order of choice. */
  const SETS = Array.from({ length: MEMBER_COUNT_MAX }, (_, at) => {
    const facts = { publicKey: new Uint8Array(), weight: 1n };
    return validatorSet(
      toEpoch(0n),
      Array.from({ length: at + 1 }, (_unused, index) => ({ ...facts, name: `m${index}` })),
    );
  });

  test('HS-10 FED-10 in a set of n = 1 to 512, n - f distinct members are a quorum and one less is none', () => {
    for (const set of SETS) {
      const n = set.members.length;
      const faulty = Math.floor((n - 1) / 3);
      const first = (count: number): readonly MemberIndex[] =>
        set.members.slice(0, count).map(({ index }) => index);
      assert.ok(hasQuorum(set, first(n - faulty)), `${n - faulty} of ${n}`);
      assert.ok(!hasQuorum(set, first(n - faulty - 1)), `${n - faulty - 1} of ${n}`);
      assert.ok(
        !hasQuorum(set, Array<MemberIndex>(n).fill(toMemberIndex(0))) || n === 1,
        `one of ${n}, often`,
      );
      assert.ok(
        !hasQuorum(
          set,
          Array.from({ length: n }, (_, at) => toMemberIndex(n + at)),
        ),
        `strangers of ${n}`,
      );
    }
  });

  test('HS-10 FED-10 any two quorums of n = 1 to 512 share an honest member, whoever lies', () => {
    const members = fc.integer({ min: 1, max: MEMBER_COUNT_MAX });
    fc.assert(
      fc.property(members, fc.infiniteStream(fc.nat()), (n, random) => {
        const set = SETS[n - 1]!;
        const choose = (count: number): ReadonlySet<MemberIndex> => {
          const left = set.members.map(({ index }) => index);
          const chosen = Array.from({ length: count }, () =>
            left.splice((random.next().value ?? 0) % left.length, 1),
          );
          return new Set(chosen.flat());
        };
        const quorum = n - Math.floor((n - 1) / 3);
        const [one, other, liars] = [choose(quorum), choose(quorum), choose(n - quorum)];
        assert.ok(hasQuorum(set, one) && hasQuorum(set, other));
        assert.ok([...one].some((member) => other.has(member) && !liars.has(member)));
        const honest = set.members.map(({ index }) => index).filter((index) => !liars.has(index));
        assert.ok(hasQuorum(set, honest), 'the honest alone reach it');
      }),
      { numRuns: 300 },
    );
  });

  test('refuses a federation without weight', () => {
    assert.throws(() => quorumOf(0n), /total weight/);
    assert.throws(() => quorumOf(-1n), /total weight/);
  });
});
