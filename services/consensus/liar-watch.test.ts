import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { LiarWatch, liarsIn } from './liar-watch.ts';

const NAMES = ['ann', 'bob', 'carol', 'dan'];

interface Case {
  readonly weights?: readonly bigint[];
  readonly accused: readonly number[];
  readonly pardoned?: readonly string[];
  /** Of the evidence; that of the members is 3. */
  readonly epoch?: bigint;
}

/** The reason of the halt, or undefined. */
function haltOf({ weights = [1n, 1n, 1n, 1n], accused, pardoned = [], epoch = 3n }: Case) {
  const members = weights.map((weight, at) => ({
    name: NAMES[at] ?? assert.fail(),
    ...{ publicKey: Uint8Array.of(at), weight },
  }));
  let reason: string | undefined;
  let because: string | undefined;
  new LiarWatch({
    book: {
      current: { epoch: toEpoch(3n), set: validatorSet(toEpoch(3n), members) },
      epoch: (each) => ({ set: validatorSet(each, members) }),
    },
    accused: (asked) => (asked === epoch ? accused.map(toMemberIndex) : []),
    pardoned: new Set(pardoned),
    halt: (said, cause) => {
      reason = said;
      because = cause;
    },
  }).look();
  assert.equal(because, reason === undefined ? undefined : 'liars');
  return reason;
}

describe('TW-2.8.7 evidence against members', () => {
  test('TW-2.8.7 of as many as may lie stops nobody', () => {
    assert.equal(haltOf({ accused: [] }), undefined);
    assert.equal(haltOf({ accused: [3] }), undefined);
  });

  test('TW-2.8.7 of one more stops this member, and says whom it names, and how to go on', () => {
    const reason = haltOf({ accused: [3, 1] }) ?? assert.fail();
    assert.match(reason, /evidence names bob, dan as liars, weight 2 of 4, and at most 1 may lie/);
    assert.match(reason, /btcfed evidence list.*CONSENSUS_PARDONED_MEMBERS=bob,dan/);
  });

  test('TW-2.8.7 counts by weight', () => {
    assert.equal(haltOf({ weights: [4n, 1n, 1n, 4n], accused: [1, 2] }), undefined);
    assert.match(haltOf({ weights: [4n, 1n, 1n, 4n], accused: [0] }) ?? '', /weight 4 of 10, and at most 3/);
  });

  test('stops a federation without faults at the first', () => {
    assert.match(haltOf({ weights: [1n], accused: [0] }) ?? '', /names ann .* at most 0 may lie/);
  });

  test('of the epoch before counts too, by its members: it may have ended that epoch itself', () => {
    assert.match(haltOf({ accused: [3, 1], epoch: 2n }) ?? '', /names bob, dan/);
  });

  test('is no ground of older epochs, and none against members that a person pardoned', () => {
    assert.equal(haltOf({ accused: [3, 1], epoch: 1n }), undefined);
    assert.equal(haltOf({ accused: [3, 1], pardoned: ['dan'] }), undefined);
    assert.match(haltOf({ accused: [3, 1, 0], pardoned: ['dan'] }) ?? '', /names ann, bob as/);
  });
});

describe('the members that evidence accuses', () => {
  const setOf = (epoch: bigint, names: readonly string[]) =>
    validatorSet(
      toEpoch(epoch),
      names.map((name, at) => ({ name, publicKey: Uint8Array.of(at), weight: 1n })),
    );
  const accusedIn = (
    accused: Readonly<Record<string, readonly number[]>>,
    pardoned: readonly string[] = [],
  ) =>
    liarsIn({
      book: {
        current: { epoch: toEpoch(3n), set: setOf(3n, ['ann', 'bob', 'carol', 'dan']) },
        epoch: () => ({ set: setOf(2n, ['zoe', 'bob', 'ann', 'dan']) }),
      },
      accused: (epoch) => (accused[String(epoch)] ?? []).map(toMemberIndex),
      pardoned: new Set(pardoned),
    });

  test('are those of this epoch, by its numbers and those of the epoch before, each once', () => {
    assert.deepEqual(accusedIn({}), []);
    assert.deepEqual(accusedIn({ 3: [1], 2: [1, 2] }), ['ann', 'bob']);
    assert.deepEqual(accusedIn({ 1: [1] }), [], 'older evidence is history');
  });

  test('are not those that left, nor those that a person pardoned', () => {
    assert.deepEqual(accusedIn({ 2: [0] }), []);
    assert.deepEqual(accusedIn({ 3: [1, 3] }, ['dan']), ['bob']);
  });
});
