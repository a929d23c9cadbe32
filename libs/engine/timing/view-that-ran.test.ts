import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { GENESIS, GENESIS_COMMIT } from '#test/support/hotstuff/hotstuff-harness.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { isOfViewThatRan } from './view-that-ran.ts';

/** Block 7, proposed in view 3 and decided in this one. */
function decidedIn(view: bigint): Parameters<typeof isOfViewThatRan>[0] {
  return {
    header: { ...GENESIS.header, view: toView(3n), height: toHeight(7n) },
    certificate: { ...GENESIS_COMMIT, view: toView(view) },
  };
}

describe('the view that decided a block', () => {
  test('is the one before, where views run across heights', () => {
    const ran = (view: bigint) =>
      isOfViewThatRan(decidedIn(3n), { instance: 0n, view: toView(view) }, HOTSTUFF_TABLE);
    assert.deepEqual([2n, 3n, 4n, 5n].map(ran), [false, false, true, false]);
  });

  test('is that of its certificate, where heights have views of their own and a later one may decide a block again proposed', () => {
    const ran = (instance: bigint, view: bigint) =>
      isOfViewThatRan(decidedIn(5n), { instance, view: toView(view) }, ROUNDS_TABLE);
    assert.deepEqual([ran(7n, 5n), ran(7n, 3n), ran(7n, 6n), ran(7n, 0n)], [true, false, false, false]);
    assert.deepEqual(
      [ran(8n, 0n), ran(9n, 0n), ran(6n, 5n)],
      [true, false, false],
      'it has gone on to the next height',
    );
  });
});
