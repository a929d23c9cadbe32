import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CONTEXT, CustodyWorld, VIRGIN } from '#test/support/signer/custody-world.ts';
import { inEpoch, mayEndAt } from './epoch.ts';

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

test('an epoch begins with nothing of the one before but the views that it used up', () => {
  const world = new CustodyWorld();
  world.voteThrough(2);
  const before = { ...world.custodian.state, isRecovered: true, session: 4n };
  const root = { view: toView(5n), height: toHeight(1n), digest: GENESIS.digest };
  assert.deepEqual(inEpoch(before, toEpoch(1n), root), {
    ...VIRGIN,
    ...{ epoch: 1n, session: 4n, viewFrom: 5n, proven: 5n, signed: before.signed },
  });
  assert.throws(() => inEpoch(before, toEpoch(2n), root), /follow each other/);
});

test('what was verified in an epoch is forgotten with it', () => {
  const world = new CustodyWorld();
  const block = blockOn(GENESIS, 3);
  world.certified('prepare', block);
  const { custodian } = world;
  const fact = { kind: 'prepare', instance: 0n, view: toView(3n), height: 1n, digest: block.digest };
  assert.equal(custodian.facts.isCertified(fact), true);
  const root = { view: toView(2n), height: toHeight(1n), digest: GENESIS.digest };
  custodian.enter({ ...CONTEXT, root }, inEpoch(custodian.state, toEpoch(1n), root));
  assert.deepEqual([custodian.facts.isCertified(fact), custodian.facts.provenView], [false, 0n]);
});
