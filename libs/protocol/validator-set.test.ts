import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import {
  hasQuorum,
  type ValidatorFacts,
  type ValidatorSet,
  validatorSet,
  weightOf,
} from './validator-set.ts';

function setOf(weights: readonly bigint[]): ValidatorSet {
  const facts = weights.map(
    (weight, index): ValidatorFacts => ({
      name: `member-${index}`,
      publicKey: Uint8Array.of(index),
      weight,
    }),
  );
  return validatorSet(toEpoch(0n), facts);
}

const members = (...indices: number[]): MemberIndex[] => indices.map(toMemberIndex);

describe('validatorSet', () => {
  test('numbers its members and adds up their weights', () => {
    const set = setOf([1n, 2n, 3n]);
    assert.deepEqual(
      set.members.map(({ index }) => index),
      [0, 1, 2],
    );
    assert.equal(set.totalWeight, 6n);
    assert.equal(set.quorum.commitWeight, 5n);
  });

  test('refuses to be empty', () => {
    assert.throws(() => setOf([]), /needs a member/);
  });

  test('refuses a member without weight, by name', () => {
    assert.throws(() => setOf([1n, 0n]), /weight of member-1/);
    assert.throws(() => setOf([1n, -1n]), /weight of member-1/);
  });
});

describe('hasQuorum', () => {
  const set = setOf([1n, 1n, 1n, 1n]);

  test('is met by n - f members and not by one less', () => {
    assert.ok(hasQuorum(set, members(0, 1, 3)));
    assert.ok(!hasQuorum(set, members(0, 1)));
    assert.ok(!hasQuorum(set, []));
  });

  test('counts members, not mentions (RULES.md A.16)', () => {
    assert.ok(!hasQuorum(set, members(0, 0, 0, 0)));
    assert.equal(weightOf(set, members(2, 2)), 1n);
  });

  test('counts no stranger', () => {
    assert.ok(!hasQuorum(set, members(0, 1, 4)));
    assert.equal(weightOf(set, members(4, 512)), 0n);
  });

  test('is by weight, not by number', () => {
    const uneven = setOf([7n, 1n, 1n, 1n]);
    assert.ok(hasQuorum(uneven, members(0)));
    assert.ok(!hasQuorum(uneven, members(1, 2, 3)));
  });

  test('never lets a set and its complement both decide', () => {
    const weights = fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, fc.infiniteStream(fc.boolean()), (each, picks) => {
        const any = setOf(each);
        const inside = any.members.filter(() => picks.next().value).map(({ index }) => index);
        const outside = any.members.map(({ index }) => index).filter((index) => !inside.includes(index));
        assert.ok(!(hasQuorum(any, inside) && hasQuorum(any, outside)));
      }),
    );
  });
});
