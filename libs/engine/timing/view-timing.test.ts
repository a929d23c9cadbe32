import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { TimerName } from '#libs/protocol/module.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { PacedTimers } from './paced-timers.ts';
import { VIEW_SAMPLES_MAX, VIEW_SAMPLES_MIN, VIEW_TIMEOUT_PER_VIEW } from './timing-limits.ts';

/** The timeouts and delays of the federation in these tests. */
const BASE_MS = 1_000;
const CAP_MS = 16_000;
const OUTAGE_MS = 600_000;
const MESSAGE_MS = 5;
const SIGN_MS = 10;
/** Proposal, three votes, each signed; eight messages one after another. */
const VIEW_MS = 4 * SIGN_MS + 8 * MESSAGE_MS;

/** A federation in which messages and signatures take their time, and some transactions are final. */
function running(): Federation {
  const federation = new Federation(4);
  federation.messageMs = MESSAGE_MS;
  federation.signMs = SIGN_MS;
  for (let i = 0; i < VIEW_SAMPLES_MIN + 1; i++) decide(federation, 0, `before ${i}`);
  return federation;
}

/** Hands a transaction in, and lets time pass. @returns how long it takes until all that are there have it final. */
function decide(federation: Federation, member: number, text: string): number {
  federation.submit(member, text);
  return untilFinal(federation, text);
}

function untilFinal(federation: Federation, text: string): number {
  const startMs = federation.nowMs;
  const here = federation.members.filter(({ index }) => !federation.away.has(index));
  while (!here.every((each) => transactionsOf(each).includes(text))) {
    assert.ok(federation.nowMs - startMs < 5 * CAP_MS, `${text} is not final`);
    federation.pass(5);
  }
  return federation.nowMs - startMs;
}

const baseOf = ({ members }: Federation) =>
  Math.max(...members.map(({ node }) => node.status().viewTimeoutMs));
const leaderOf = ({ members }: Federation) => members[0]!.node.protocol().leader;

describe('recovery times of four members (HS-53, virtual time)', () => {
  test('after the leader crashed the next block is final within two base timeouts and one view', () => {
    for (let crash = 0; crash < 4; crash++) {
      const federation = running();
      for (let turn = 0; turn < crash; turn++) decide(federation, 0, `turn ${turn}`);
      const leader = leaderOf(federation);
      federation.away.add(leader);
      const tookMs = decide(federation, (leader + 1) % 4, 'after the crash');
      assert.ok(tookMs <= 2 * baseOf(federation) + VIEW_MS + 4 * MESSAGE_MS, `${tookMs} ms`);
      assert.ok(tookMs >= baseOf(federation), 'its view had to be given up');
    }
  });

  test('A.40 after an outage of ten minutes it is final within two base timeouts, although nobody reconnects', () => {
    const federation = running();
    federation.submit(0, 'handed in before the outage');
    federation.pass(MESSAGE_MS);
    for (const member of [0, 1, 2, 3]) federation.away.add(toMemberIndex(member));
    federation.pass(OUTAGE_MS);
    federation.away.clear();
    const tookMs = untilFinal(federation, 'handed in before the outage');
    assert.ok(tookMs <= 2 * baseOf(federation) + VIEW_MS, `${tookMs} ms`);
  });

  test('A.40 so is it when the views of ten minutes all failed: the growth has a cap, and a commit takes it back', () => {
    const federation = running();
    federation.tamper = (_, sent) => (sent.body.kind === 'proposal' ? [] : [sent]);
    federation.submit(0, 'waits');
    federation.pass(OUTAGE_MS);
    federation.tamper = (_, sent) => [sent];
    const tookMs = untilFinal(federation, 'waits');
    assert.ok(tookMs <= CAP_MS + VIEW_MS + 8 * MESSAGE_MS, `${tookMs} ms: within one view at the cap`);
    const leader = leaderOf(federation);
    federation.away.add(leader);
    assert.ok(decide(federation, (leader + 1) % 4, 'next') <= 2 * BASE_MS + 2 * VIEW_MS, 'no growth is left');
  });
});

describe('the base timeout (HS-30, RULES.md C.5.6)', () => {
  test('follows what views take, when they become slower and when they become faster again', () => {
    const federation = running();
    assert.equal(baseOf(federation), BASE_MS / 2, 'views take a fraction of what the genesis allows');
    federation.messageMs = 100;
    federation.signMs = 100;
    for (let i = 0; i < VIEW_SAMPLES_MAX; i++) decide(federation, i % 4, `slow ${i}`);
    const slow = baseOf(federation);
    assert.ok(slow > 3 * BASE_MS && slow < 6 * BASE_MS, `${slow} ms for views of 1.2 s`);
    const before = federation.members.map(({ node }) => node.protocol().timedOutViews);
    for (let i = 0; i < 8; i++) decide(federation, i % 4, `slow still ${i}`);
    assert.deepEqual(
      federation.members.map(({ node }) => node.protocol().timedOutViews),
      before,
      'no view is given up any more',
    );
    federation.messageMs = MESSAGE_MS;
    federation.signMs = SIGN_MS;
    for (let i = 0; i < VIEW_SAMPLES_MAX; i++) decide(federation, i % 4, `fast ${i}`);
    assert.equal(baseOf(federation), BASE_MS / 2);
  });

  const timing = { viewTimeoutMs: BASE_MS, viewTimeoutMsMax: CAP_MS };

  /** Timers after these views, as milliseconds. */
  function after(...viewsMs: readonly number[]) {
    let nowMs = 0;
    const set: (readonly [TimerName, number])[] = [];
    const inner = { set: (name: TimerName, ms: number) => void set.push([name, ms]), cancel: () => {} };
    const timers = new PacedTimers(
      inner,
      { timing, leave: ['view'] },
      { nowMs: () => nowMs, steadyMs: () => nowMs },
    );
    for (const viewMs of viewsMs) {
      timers.set('view', { afterMs: BASE_MS }, () => {});
      nowMs += viewMs;
      timers.decided();
      timers.cancel('view');
    }
    set.length = 0;
    return { timers, set };
  }

  test('is that of the genesis until enough views were measured', () => {
    const { timers, set } = after(...Array.from({ length: VIEW_SAMPLES_MIN - 1 }, () => 900));
    timers.set('view', { afterMs: BASE_MS }, () => {});
    assert.deepEqual(set, [['view', BASE_MS]]);
  });

  test('paces every wait of the protocol alike, up to the cap of the genesis', () => {
    const { timers, set } = after(500, 500, 500, 500);
    assert.equal(timers.baseMs, VIEW_TIMEOUT_PER_VIEW * 500);
    for (const afterMs of [BASE_MS, 1.5 * BASE_MS, CAP_MS]) timers.set('view', { afterMs }, () => {});
    timers.set('resend', { afterMs: BASE_MS / 2 }, () => {});
    assert.deepEqual(set, [
      ['view', 2_000],
      ['view', 3_000],
      ['view', CAP_MS],
      ['resend', 1_000],
    ]);
  });

  test('is moved by a minority of slow leaders as little as by clocks that jump', () => {
    assert.equal(after(400, 400, 400, 90_000, 400, 400, 90_000).timers.baseMs, 1_600);
    assert.equal(after(400, -1_000_000, 400, 400, 400).timers.baseMs, 1_600);
    assert.equal(after(90_000, 90_000, 90_000, 90_000).timers.baseMs, CAP_MS);
    assert.equal(after(0, 0, 0, 0).timers.baseMs, BASE_MS / 2);
  });

  test('does not take for a view what was decided while no timer ran', () => {
    const { timers } = after();
    for (let i = 0; i < VIEW_SAMPLES_MAX; i++) timers.decided();
    assert.equal(timers.baseMs, BASE_MS);
  });
});
