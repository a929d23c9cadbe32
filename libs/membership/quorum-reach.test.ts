import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import { isQuorumReached, quorumReach, reachText } from './quorum-reach.ts';

function setOf(weights: Readonly<Record<string, bigint>>): ValidatorSet {
  const facts = Object.entries(weights).map(([name, weight]) => ({
    name,
    weight,
    publicKey: new TextEncoder().encode(name),
  }));
  return validatorSet(toEpoch(0n), facts);
}

const FIVE = setOf({ alice: 1n, bob: 1n, carol: 1n, dave: 1n, erin: 1n });
const index = toMemberIndex;

describe('F-40 the reach of a member', () => {
  test('F-40 says how many are reachable, how many are needed, and who is away', () => {
    const reach = quorumReach(FIVE, [index(3)], index(0));
    assert.equal(reachText(reach), '2 of 5 members reachable, 4 needed; away: bob, carol, erin');
    assert.equal(isQuorumReached(reach), false);
  });

  test('F-40 is a quorum from the weight on that decides', () => {
    const reach = quorumReach(FIVE, [index(1), index(2), index(3)], index(0));
    assert.equal(reachText(reach), '4 of 5 members reachable, 4 needed; away: erin');
    assert.equal(isQuorumReached(reach), true);
    assert.equal(
      reachText(quorumReach(FIVE, [1, 2, 3, 4].map(index), index(0))),
      '5 of 5 members reachable, 4 needed',
    );
  });

  test('F-40 counts equal weights above one as members', () => {
    const reach = quorumReach(setOf({ a: 5n, b: 5n, c: 5n, d: 5n }), [index(1), index(2)], index(0));
    assert.deepEqual([reach.reachable, reach.needed, isQuorumReached(reach)], [3, 3, true]);
  });

  test('F-40 goes by weight where weights differ', () => {
    const set = setOf({ a: 4n, b: 1n, c: 1n, d: 1n });
    const without = quorumReach(set, [index(2), index(3)], index(1));
    assert.equal(reachText(without), '3 of 4 members reachable, with weight 3 of 7, 5 needed; away: a');
    assert.equal(isQuorumReached(without), false);
    assert.equal(isQuorumReached(quorumReach(set, [index(1)], index(0))), true);
  });

  test('F-40 of a guest counts neither itself nor other guests', () => {
    const reach = quorumReach(FIVE, [index(0), index(5), index(6)], undefined);
    assert.deepEqual([reach.reachable, reach.away.length], [1, 4]);
  });

  test('F-40 counts nobody twice', () => {
    assert.equal(quorumReach(FIVE, [index(0), index(1), index(1)], index(0)).reachableWeight, 2n);
  });

  test('F-40 of a large federation names twelve, and counts the others', () => {
    const weights = Object.fromEntries(Array.from({ length: 512 }, (_, at) => [`m${at}`, 1n]));
    const reach = quorumReach(setOf(weights), [], index(0));
    assert.equal(reach.away.length, 511);
    assert.match(
      reachText(reach),
      /^1 of 512 members reachable, 342 needed; away: m1, .*, m12 and 499 more$/,
    );
  });
});
