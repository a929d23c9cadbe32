import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { CONTEXT, CustodyWorld, VIRGIN } from '#test/support/signer/custody-world.ts';
import { inEpoch, mayEndAt } from './epoch.ts';

const { table } = CONTEXT;

test('an epoch ends at no block below one that the key gave its COMMIT', () => {
  const first = blockOn(GENESIS, 1);
  const rootOf = ({ header: { view, height }, digest }: typeof first) => ({ view, height, digest });
  assert.equal(mayEndAt(VIRGIN, rootOf(first), table), true);
  const world = new CustodyWorld();
  const committed = world.voteThrough(2, first);
  assert.equal(committed.header.height, 2n);
  assert.equal(mayEndAt(world.custodian.state, rootOf(first), table), false);
  assert.equal(mayEndAt(world.custodian.state, rootOf(committed), table), true);
});

describe('where every height is decided on its own, an epoch', () => {
  const root = { view: toView(0n), height: toHeight(4n), digest: GENESIS.digest };
  const voted = (instance: bigint) => ({
    ...VIRGIN,
    marks: new Map([[instance, { view: toView(0n), step: 1 }]]),
  });
  const acted = (instance: bigint) => {
    const certificate = { view: toView(0n), height: instance, digest: GENESIS.digest };
    return { ...voted(instance), high: new Map([[instance, certificate]]) };
  };

  test('ends at no block below a height on whose certificate the key acted', () => {
    assert.equal(mayEndAt(acted(5n), root, ROUNDS_TABLE), false);
    for (const at of [4n, 0n]) assert.equal(mayEndAt(acted(at), root, ROUNDS_TABLE), true);
  });

  test('ends at no block below one that decided, whatever the key forgot of its height since', () => {
    const forgotten = { ...VIRGIN, openFrom: 6n };
    assert.equal(mayEndAt(forgotten, root, ROUNDS_TABLE), false);
    assert.equal(
      mayEndAt({ ...VIRGIN, openFrom: 5n }, root, ROUNDS_TABLE),
      true,
      'the height after the root',
    );
  });

  test('ends whatever a lying leader has the key vote for above it', () => {
    assert.equal(mayEndAt(voted(5n), root, ROUNDS_TABLE), true);
  });

  test('ends at no block below a vote of the key where votes alone decide', () => {
    assert.equal(mayEndAt(voted(5n), root, NULL_TABLE), false);
    assert.equal(mayEndAt(voted(4n), root, NULL_TABLE), true);
  });
});

test('an epoch begins with nothing of the one before but the views that it used up', () => {
  const world = new CustodyWorld();
  world.voteThrough(2);
  const before = { ...world.custodian.state, isRecovered: true, session: 4n };
  const root = { view: toView(5n), height: toHeight(1n), digest: GENESIS.digest };
  assert.deepEqual(inEpoch(before, { epoch: toEpoch(1n), root, table }), {
    ...VIRGIN,
    ...{ epoch: 1n, session: 4n, viewFrom: 5n, proven: 5n, signed: before.signed },
  });
  assert.throws(() => inEpoch(before, { epoch: toEpoch(2n), root, table }), /follow each other/);
});

test('an epoch of a protocol in which each height has views of its own begins with view 0, under its name', () => {
  const world = new CustodyWorld();
  world.voteThrough(2);
  const root = { view: toView(5n), height: toHeight(1n), digest: GENESIS.digest };
  const state = inEpoch(world.custodian.state, { epoch: toEpoch(1n), root, table: ROUNDS_TABLE });
  assert.deepEqual([state.protocol, state.viewFrom, state.proven], [ROUNDS_TABLE.protocol, 0n, 0n]);
  const again = inEpoch(state, { epoch: toEpoch(2n), root, table });
  assert.deepEqual([again.protocol, again.viewFrom, again.proven], [table.protocol, 5n, 5n]);
});

test('what was verified in an epoch is forgotten with it', () => {
  const world = new CustodyWorld();
  const block = blockOn(GENESIS, 3);
  world.certified('prepare', block);
  const { custodian } = world;
  const fact = { kind: 'prepare', instance: 0n, view: toView(3n), height: 1n, digest: block.digest };
  assert.equal(custodian.facts.isCertified(fact), true);
  const root = { view: toView(2n), height: toHeight(1n), digest: GENESIS.digest };
  custodian.enter({ ...CONTEXT, root }, inEpoch(custodian.state, { epoch: toEpoch(1n), root, table }));
  assert.deepEqual([custodian.facts.isCertified(fact), custodian.facts.provenIn(0n)], [false, 0n]);
});
