import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toView } from '#libs/chain/ids.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CONTEXT, CustodyWorld, VIRGIN } from '#test/support/signer/custody-world.ts';
import { type CustodyState, lastSigned } from './custody-state.ts';
import { recoveredState, withNonce } from './recovery.ts';
import { withMode } from './session.ts';
import { stateFault } from './state-fault.ts';

const NONCE = toDigest('e'.repeat(64));
const DECIDED = blockOn(GENESIS, 5);
const decided = { view: toView(5n), height: 1n, digest: DECIDED.digest };

/** An older copy of a record, in quarantine. */
function lost(view = 1): CustodyState {
  const world = new CustodyWorld();
  world.voteThrough(view);
  return withMode(world.custodian.state, 'quarantined');
}

describe('a key comes back from quarantine (libs/custody/README.md 3.5)', () => {
  test('above all that the lost record can have signed, locked on the block that carries its nonce', () => {
    const state = recoveredState(CONTEXT, withNonce(lost(), NONCE), decided);
    assert.deepEqual(state.marks.get(0n), { view: 13n, step: 4 });
    assert.deepEqual([state.lock, state.proven, state.mode], [decided, 5n, 'active']);
    assert.deepEqual([state.nonce, state.isRecovered, state.session], [undefined, true, 1n]);
    assert.equal(stateFault(state), undefined);
  });

  test('and signs nothing up to the jump above that block, then goes on', () => {
    const world = new CustodyWorld(recoveredState(CONTEXT, withMode(VIRGIN, 'quarantined'), decided));
    for (const view of [1, 5, 6, 12, 13]) assert.equal(world.outcome(world.timeout(view)), 'STALE_SLOT');
    assert.equal(world.outcome(world.timeout(14)), 'VIEW_JUMP');
    world.custodian.facts.left({ instance: 0n, view: toView(13n) });
    assert.equal(world.outcome(world.timeout(14)), 'sign');
    assert.equal(world.outcome(world.timeout(14)), 'repeat');
  });

  test('and votes for no block beside the decided one that is not justified by a newer certificate', () => {
    const world = new CustodyWorld(recoveredState(CONTEXT, withMode(VIRGIN, 'quarantined'), decided));
    world.custodian.facts.left({ instance: 0n, view: toView(13n) });
    const beside = blockOn(GENESIS, 14);
    world.proposed(beside);
    assert.equal(world.outcome(world.about('prepare', beside)), 'UNSAFE_BRANCH');
    const above = blockOn(DECIDED, 15);
    world.proposed(above);
    world.certified('prepare', DECIDED);
    assert.equal(world.outcome(world.about('prepare', above, { justifyView: 5 })), 'sign');
  });

  test('and is known by what it signed, which its mark is above: consensus would take its own record for an old copy', () => {
    assert.deepEqual(lastSigned(recoveredState(CONTEXT, lost(3), decided)), {
      epoch: 0n,
      instance: 0n,
      view: 3n,
    });
    const remade = recoveredState(CONTEXT, withMode(VIRGIN, 'quarantined'), decided);
    assert.deepEqual(lastSigned(remade), { epoch: 0n, instance: 0n, view: 0n });
    const later = { ...recoveredState(CONTEXT, lost(3), decided), epoch: toEpoch(2n) };
    assert.deepEqual(lastSigned(later), { epoch: 0n, instance: 0n, view: 3n });
    assert.deepEqual(lastSigned({ ...later, isRecovered: false }), { epoch: 2n, instance: 0n, view: 13n });
  });

  test('and nothing that its record knows falls', () => {
    const before = lost(20);
    const state = recoveredState(CONTEXT, before, decided);
    assert.deepEqual([state.marks, state.lock, state.proven], [before.marks, before.lock, before.proven]);
  });

  test('but not while it is active or retired', () => {
    for (const mode of ['active', 'retired'] as const) {
      assert.throws(() => withNonce(withMode(lost(), mode), NONCE), /only a key in quarantine/);
      assert.throws(
        () => recoveredState(CONTEXT, withMode(lost(), mode), decided),
        /only a key in quarantine/,
      );
    }
  });
});
