import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { afterLast } from './after-last.ts';
import { minusView } from './minus-view.ts';

const VIEWS = [0n, 1n, 2n, 3n, 4n, 2n ** 64n - 1n].map(toView);

test('the member after the last proposer leads the first view of a height, and those after it the next ones', () => {
  const leader = afterLast(4);
  const opening = { ...blockOn(GENESIS, 1).header, proposer: toMemberIndex(2) };
  const leaders = (of: Parameters<typeof leader>[2]) => VIEWS.map((view) => leader(view, 7n, of));
  assert.deepEqual(leaders(opening), [3, 0, 1, 2, 3, 2]);
  assert.deepEqual(leaders('root'), [0, 1, 2, 3, 0, 3], 'an epoch begins with member 0');
  assert.deepEqual(
    leaders(undefined),
    VIEWS.map(() => undefined),
  );
});

test('heights go round the members, and the views of a height the other way', () => {
  const leader = minusView(4);
  const leaders = (height: bigint) => VIEWS.map((view) => leader(view, height, undefined));
  assert.deepEqual(leaders(5n), [1, 0, 3, 2, 1, 2]);
  assert.deepEqual(leaders(6n), [2, 1, 0, 3, 2, 3]);
});
