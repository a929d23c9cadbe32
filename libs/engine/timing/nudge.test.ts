import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { OperatorHand } from '../ports/operator-hand.ts';

const BASE_MS = 1_000;
const CAP_MS = 16_000;
const OUTAGE_MS = 600_000;
const STEP_MS = 5;

interface Wish {
  readonly nudged: readonly number[];
  /** Whether the leader of the view is gone when the others are heard again. */
  readonly isLeaderGone?: boolean;
}

/**
 * A federation whose leaders were not heard for ten minutes, so that each view takes as long as one may, and are heard again from the
 * beginning of such a view on. `tookMs`: how long the next decision takes then.
 */
function recovery({ nudged, isLeaderGone = false }: Wish) {
  const federation = new Federation(4);
  federation.submit(0, 'before');
  federation.tamper = (_, sent) => (sent.body.kind === 'proposal' ? [] : [sent]);
  federation.submit(0, 'in the outage');
  federation.pass(OUTAGE_MS);
  const now = () => federation.member(0).node.protocol();
  for (const { view } = now().position; now().position.view === view; ) federation.pass(STEP_MS);
  federation.tamper = (_, sent) => [sent];
  if (isLeaderGone) federation.away.add(now().leader);
  for (const member of nudged) federation.member(member).hand.nudge();
  const startMs = federation.nowMs;
  const others = federation.members.filter(({ index }) => !federation.away.has(index));
  while (!others.every((each) => transactionsOf(each).includes('in the outage'))) {
    assert.ok(federation.nowMs - startMs <= 3 * CAP_MS, 'nothing was decided');
    federation.pass(STEP_MS);
  }
  return { tookMs: federation.nowMs - startMs, federation };
}

/** No member signed two blocks in one step of one view. */
function assertNobodyContradicted({ signed }: Federation): void {
  const said = new Map<string, string>();
  for (const { member, statement } of signed) {
    const key = `${member} ${statement.kind} ${statement.view}`;
    const digest = statement.block?.digest ?? '';
    assert.equal(said.get(key) ?? digest, digest, key);
    said.set(key, digest);
  }
}

const ALL = [0, 1, 2, 3];

describe('a nudge after a long outage', () => {
  test('has the next decision come at once, where without it members wait long to say again what they said', () => {
    const [waited, nudged] = [recovery({ nudged: [] }), recovery({ nudged: ALL })];
    assert.ok(waited.tookMs >= CAP_MS / 4, `${waited.tookMs} ms without a nudge`);
    assert.ok(nudged.tookMs <= STEP_MS, `${nudged.tookMs} ms with one`);
  });

  test('has a view without a leader end as soon as one after a decision', () => {
    const [waited, nudged] = [[], ALL].map((each) => recovery({ nudged: each, isLeaderGone: true }).tookMs);
    assert.ok(waited !== undefined && waited >= CAP_MS / 2, `${waited} ms without a nudge`);
    assert.ok(nudged !== undefined && nudged <= 1.5 * BASE_MS, `${nudged} ms with one`);
  });

  for (const nudged of [[0], [1, 3], ALL]) {
    test(`of ${nudged.length} makes nobody sign two things, and all hold one chain`, () => {
      const { federation } = recovery({ nudged });
      for (const { hand } of federation.members) hand.nudge();
      federation.submit(1, 'afterwards');
      federation.pass(CAP_MS);
      const chains = federation.members.map((each) => transactionsOf(each).join());
      assert.deepEqual(new Set(chains), new Set(['before,in the outage,afterwards']));
      assertNobodyContradicted(federation);
      assert.deepEqual(
        federation.members.flatMap(({ evidence }) => evidence.all),
        [],
      );
    });
  }

  test('at rest starts nothing', () => {
    const federation = new Federation(4);
    federation.submit(0, 'first');
    federation.sent.length = 0;
    for (const { hand } of federation.members) hand.nudge();
    federation.pass(BASE_MS);
    assert.deepEqual(federation.sent, []);
  });
});

test('a hand that no engine took moves nothing', () => {
  const hand = new OperatorHand();
  hand.nudge();
  hand.sayAll();
  assert.equal(hand.waiting(), 0);
});
