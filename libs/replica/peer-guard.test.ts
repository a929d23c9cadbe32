import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import {
  FALSE_SIGNATURES_MAX,
  MUTE_MS,
  USELESS_MESSAGES_BURST,
  USELESS_MESSAGES_PER_SECOND,
  verificationBudget,
} from './limits.ts';
import { PeerGuard } from './peer-guard.ts';

const LIAR = toMemberIndex(1);
const OTHER = toMemberIndex(2);
const { burst, perSecond } = verificationBudget({ members: 4, votes: HOTSTUFF_TABLE });

describe('the verifications that a member may cost', () => {
  test('are those of the steps that its protocol votes on, however they are called', () => {
    const perView = (votes: typeof HOTSTUFF_TABLE) => verificationBudget({ members: 7, votes }).burst / 32;
    assert.deepEqual([perView(HOTSTUFF_TABLE), perView(ROUNDS_TABLE)], [1 + 5 * 7, 1 + 4 * 7]);
  });
});

function fixture() {
  let nowMs = 1_000;
  const guard = new PeerGuard({ members: 4, votes: HOTSTUFF_TABLE }, () => nowMs);
  return { guard, pass: (ms: number) => (nowMs += ms) };
}

function takeAll(guard: PeerGuard): number {
  let taken = 0;
  while (guard.take(LIAR)) taken += 1;
  return taken;
}

function mute(guard: PeerGuard): void {
  for (let i = 0; i < FALSE_SIGNATURES_MAX; i++) guard.falseSignature(LIAR);
}

describe('PeerGuard', () => {
  test('BYZ-15: a member has a budget of verifications that fills again with time', () => {
    const { guard, pass } = fixture();
    assert.equal(takeAll(guard), burst);
    pass(1_000);
    assert.equal(takeAll(guard), perSecond);
  });

  test('a budget that rests never grows above its burst', () => {
    const { guard, pass } = fixture();
    takeAll(guard);
    pass(3_600_000);
    assert.equal(takeAll(guard), burst);
  });

  test('a member that used up its budget takes nothing from another', () => {
    const { guard } = fixture();
    takeAll(guard);
    assert.equal(guard.take(OTHER), true);
  });

  test('a clock that goes back gives nothing and breaks nothing', () => {
    const { guard, pass } = fixture();
    takeAll(guard);
    pass(-500);
    assert.equal(guard.take(LIAR), false);
    pass(500);
    assert.equal(guard.take(LIAR), false);
  });

  test('HS-56: false signatures mute a member, and tell so once', () => {
    const { guard } = fixture();
    const told = Array.from({ length: 3 * FALSE_SIGNATURES_MAX }, () => guard.falseSignature(LIAR));
    assert.equal(told.indexOf(true), FALSE_SIGNATURES_MAX - 1);
    assert.equal(told.filter(Boolean).length, 1);
    assert.equal(guard.isMuted(LIAR), true);
    assert.equal(guard.take(LIAR), false);
    assert.equal(guard.isMuted(OTHER), false);
    assert.equal(guard.take(OTHER), true);
  });

  test('HS-56: seven false signatures are borne, the eighth mutes for half a minute', () => {
    const { guard, pass } = fixture();
    for (let i = 0; i < 7; i++) assert.equal(guard.falseSignature(LIAR), false);
    assert.equal(guard.isMuted(LIAR), false);
    assert.equal(guard.falseSignature(LIAR), true);
    pass(29_999);
    assert.deepEqual([guard.isMuted(LIAR), guard.take(LIAR)], [true, false]);
    pass(1);
    assert.deepEqual([guard.isMuted(LIAR), guard.take(LIAR)], [false, true]);
  });

  test('a muted member is heard again after a while, and muted sooner the next time', () => {
    const { guard, pass } = fixture();
    mute(guard);
    pass(MUTE_MS - 1);
    assert.equal(guard.isMuted(LIAR), true);
    pass(1);
    assert.equal(guard.isMuted(LIAR), false);
    assert.equal(guard.take(LIAR), true);
    for (let i = 0; i < FALSE_SIGNATURES_MAX - 1; i++) guard.falseSignature(LIAR);
    assert.equal(guard.isMuted(LIAR), true);
  });

  test('BYZ-15: a member that says nothing but useless things is muted, one that is often late is not', () => {
    const { guard, pass } = fixture();
    for (let i = 0; i < 20 * USELESS_MESSAGES_PER_SECOND; i++) {
      assert.equal(guard.uselessMessage(OTHER), false);
      pass(1_000 / USELESS_MESSAGES_PER_SECOND);
    }
    const told = Array.from({ length: 2 * USELESS_MESSAGES_BURST }, () => guard.uselessMessage(LIAR));
    assert.equal(told.filter(Boolean).length, 1);
    assert.equal(told.indexOf(true), USELESS_MESSAGES_BURST - 1);
    assert.equal(guard.isMuted(LIAR), true);
    assert.equal(guard.isMuted(OTHER), false);
  });

  test('a false signature now and then is forgiven', () => {
    const { guard, pass } = fixture();
    for (let i = 0; i < 10 * FALSE_SIGNATURES_MAX; i++) {
      assert.equal(guard.falseSignature(LIAR), false);
      pass(10_000);
    }
  });
});
