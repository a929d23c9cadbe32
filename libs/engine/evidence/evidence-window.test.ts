import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { said, spoke } from '#test/support/chain/claims.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLie } from '#test/support/protocol/rounds-votes.ts';
import { type Standpoint, untimeliness } from './evidence-window.ts';

const EPOCH = toEpoch(3n);

function standing(table: Standpoint['table'], instance: bigint, view: bigint): Standpoint {
  return { epoch: EPOCH, at: { instance, view: toView(view) }, table };
}

const lieAt = (instance: bigint, view: bigint, epoch = EPOCH) => roundsLie({ instance, view, epoch });
const lieOfView = (view: number, epoch = EPOCH) => {
  const [first, second] = ['a', 'b'].map((letter) => said(1, spoke('prepare', view, letter)));
  return { epoch, first: first ?? assert.fail(), second: second ?? assert.fail() };
};

describe('BYZ-28: the time that evidence is taken of, where each height has views of its own', () => {
  for (const [name, instance, view, expected] of [
    ['of this height and view', 5_000n, 2n, undefined],
    ['of a height a while ago, whatever the view of this member', 4_000n, 0n, undefined],
    ['of a late view of a height before', 4_999n, 900n, undefined],
    ['of a height long over', 3_999n, 0n, 'stale'],
    ['of a height long over, in a late view', 3_999n, 1_000n, 'stale'],
    ['of a height somewhat ahead', 6_000n, 0n, undefined],
    ['of a height far ahead', 6_001n, 0n, 'far-future'],
    ['of a view far ahead, at this height', 5_000n, 1_003n, 'far-future'],
    ['of a view that is not far ahead, at this height', 5_000n, 1_002n, undefined],
    ['of a view that no height before can have had', 4_999n, 1_001n, 'far-future'],
    ['of a view that no height can have, at the next one', 5_001n, 2n ** 64n - 1n, 'far-future'],
  ] as const) {
    test(name, () => {
      const here = standing(ROUNDS_TABLE, 5_000n, 2n);
      assert.equal(untimeliness(lieAt(instance, view), ROUNDS_TABLE, here), expected);
    });
  }

  test('of views long over at this height', () => {
    const here = standing(ROUNDS_TABLE, 5_000n, 1_500n);
    assert.equal(untimeliness(lieAt(5_000n, 499n), ROUNDS_TABLE, here), 'stale');
    assert.equal(untimeliness(lieAt(5_000n, 500n), ROUNDS_TABLE, here), undefined);
  });

  test('never depends on a view of another height: the same answer wherever this member is in its own', () => {
    const number = fc.bigInt({ min: 0n, max: 3_000n });
    fc.assert(
      fc.property(number, number, number, number, (instance, view, at, seen) => {
        fc.pre(instance !== at);
        const answers = [0n, seen].map((own) =>
          untimeliness(lieAt(instance, view), ROUNDS_TABLE, standing(ROUNDS_TABLE, at, own)),
        );
        assert.equal(answers[0], answers[1]);
      }),
    );
  });
});

describe('BYZ-28: the time that evidence is taken of, where views run across heights', () => {
  test('is one of views, also over epochs', () => {
    const here = standing(HOTSTUFF_TABLE, 0n, 2_000n);
    for (const [view, expected] of [
      [999, 'stale'],
      [1_000, undefined],
      [3_000, undefined],
      [3_001, 'far-future'],
    ] as const) {
      for (const epoch of [EPOCH, toEpoch(0n)]) {
        assert.equal(untimeliness(lieOfView(view, epoch), HOTSTUFF_TABLE, here), expected, `${view}`);
      }
    }
  });
});

describe('BYZ-28: evidence of an epoch that counted its time in the other way', () => {
  test('is taken of the epoch before, and of no older one', () => {
    const [rounds, views] = [standing(ROUNDS_TABLE, 9n, 0n), standing(HOTSTUFF_TABLE, 0n, 9n)];
    assert.equal(untimeliness(lieOfView(5_000, toEpoch(2n)), HOTSTUFF_TABLE, rounds), undefined);
    assert.equal(untimeliness(lieAt(5_000n, 0n, toEpoch(2n)), ROUNDS_TABLE, views), undefined);
    assert.equal(untimeliness(lieOfView(9, toEpoch(1n)), HOTSTUFF_TABLE, rounds), 'stale');
    assert.equal(untimeliness(lieAt(9n, 0n, toEpoch(1n)), ROUNDS_TABLE, views), 'stale');
    assert.equal(untimeliness(lieAt(9n, 0n, toEpoch(4n)), ROUNDS_TABLE, views), 'far-future');
  });
});
