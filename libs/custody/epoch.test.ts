import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CustodyWorld, VIRGIN } from '#test/support/custody-world.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff-harness.ts';
import { mayEndAt } from './epoch.ts';

test('an epoch ends at no block below one that the key gave its COMMIT', () => {
  const first = blockOn(GENESIS, 1);
  const rootOf = ({ header: { view, height }, digest }: typeof first) => ({ view, height, digest });
  assert.equal(mayEndAt(VIRGIN, rootOf(first)), true);
  const world = new CustodyWorld();
  const committed = world.voteThrough(2, first);
  assert.equal(committed.header.height, 2n);
  assert.equal(mayEndAt(world.custodian.state, rootOf(first)), false);
  assert.equal(mayEndAt(world.custodian.state, rootOf(committed)), true);
});
