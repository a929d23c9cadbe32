import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { Cluster } from '#test/support/hotstuff/hotstuff-cluster.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  newViewOf,
  onlyStatement,
  proposalOf,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  assertHarmless,
  attacked,
  evidenceAgainst,
  refusals,
  TRAITOR,
  viewsGivenUp,
} from '#test/support/simulation/byzantine-run.ts';

const B1 = blockOn(GENESIS, 1);
const B2 = blockOn(B1, 2);

/** A member of four that has seen view 1 decided, and all messages in it. */
function decidedOne(): { readonly core: Core; readonly said: readonly HotStuffMessage[] } {
  const core = new Core({ me: 0 });
  const said: HotStuffMessage[] = [
    proposalOf(B1, GENESIS_PREPARE),
    { kind: 'certificate', certificate: certify('prepare', B1) },
    { kind: 'certificate', certificate: certify('pre-commit', B1) },
    { kind: 'certificate', certificate: certify('commit', B1) },
  ];
  for (const message of said) {
    core.receive(1, message);
    if (message.kind === 'proposal') core.hold(B1);
  }
  assert.equal(core.state.view, 2n);
  return { core, said: [...said, voteOf(1, 'prepare', B1), newViewOf(1), timeoutOf(1, 1)] };
}

describe('messages at the wrong time', () => {
  test('BYZ-11 what was said before is refused when it is said again, and changes nothing', () => {
    const { core, said } = decidedOne();
    const before = core.state;
    for (const message of said) {
      assert.notEqual(core.judge(1, message), 'ok', message.kind);
      core.offer(1, message);
    }
    assert.deepEqual({ ...core.state, context: 0 }, { ...before, context: 0 });
    const results = attacked({ actors: ['replayer'], seeds: 4 });
    assertHarmless(results);
    assert.ok(refusals(results, 'stale') + refusals(results, 'wrong-sender') > 0);
    assert.deepEqual(viewsGivenUp(results), []);
  });

  test('BYZ-12 messages in another order come to the same chain', () => {
    const delay = { minMs: 1, maxMs: 120, tailRate: 0.1, tailMs: 500 };
    const results = attacked({ actors: [], seeds: 6, adjust: (plan) => ({ ...plan, delay }) });
    assertHarmless(results);
    for (const { recoveryMs } of results) assert.ok(recoveryMs !== undefined);
  });

  test('BYZ-13 a traitor that drops what it likes costs views, and nobody stays behind', () => {
    const results = attacked({ actors: ['selective', 'silent'], members: 7, seeds: 4 });
    assertHarmless(results);
    assert.ok(viewsGivenUp(results).length > 0);
    for (const { leader } of viewsGivenUp(results)) assert.ok([1, 2].includes(leader));
    // Leader 1 drops all messages to 3, which gives the view up alone and is shown its decision.
    const cluster = new Cluster(4);
    cluster.lastView = 1n;
    cluster.passes = (from, to) => !(from === 1 && to === 3);
    cluster.run();
    assert.deepEqual(cluster.decidedHeights(), [1, 1, 1, 0]);
    cluster.giveUp(3);
    assert.deepEqual(cluster.decidedHeights(), [1, 1, 1, 1]);
    // It drops all its messages: the others change the view, and decide in the next.
    const dropping = new Cluster(4);
    dropping.lastView = 2n;
    dropping.passes = (from) => from !== 1;
    dropping.run();
    assert.deepEqual(dropping.decidedHeights(), [0, 0, 0, 0]);
    dropping.giveUp(0, 2, 3);
    for (const member of [0, 2, 3]) assert.equal(dropping.core(member).state.commit.view, 2n);
  });

  test('BYZ-19 messages of earlier views are ignored', () => {
    const { core, said } = decidedOne();
    const { view } = core.state;
    for (const message of said) assert.match(core.judge(1, message), /^(stale|wrong-sender)$/);
    assert.equal(core.state.view, view);
    assert.deepEqual(asked(core.offer(1, proposalOf(B1, GENESIS_PREPARE))), []);
  });
});

describe('false clocks and false views', () => {
  test('BYZ-14 a traitor that is nearly too late costs time and nothing else, and the timeout falls back', () => {
    const [slow] = attacked({ actors: ['dawdler'], seeds: 1 });
    const [quick] = attacked({ actors: [], seeds: 1 });
    assert.ok(slow !== undefined && quick !== undefined);
    assertHarmless([slow, quick]);
    assert.ok(slow.heightAtGst < quick.heightAtGst, `${slow.heightAtGst} of ${quick.heightAtGst}`);
    // After failed views the timeout is longer; a commit resets it.
    const { core } = decidedOne();
    const timers = core.effects.flatMap((each) =>
      each.kind === 'set-timer' && each.name === 'view' && 'afterMs' in each ? [each.afterMs] : [],
    );
    assert.equal(timers.at(-1), timers[0]);
  });

  test('BYZ-16 timeouts of fewer than f + 1 members change nothing, and those of fewer than n - f no view', () => {
    // Seven members: f + 1 is 3, n - f is 5.
    const core = new Core({ members: 7 });
    for (const liar of [1, 2]) {
      core.receive(liar, timeoutOf(liar, 1));
      assert.deepEqual([core.state.view, core.state.timedOut], [1n, undefined]);
    }
    const joining = core.receive(3, timeoutOf(3, 1));
    assert.deepEqual(asked(joining), ['timeout 1']);
    core.signed(onlyStatement(joining));
    assert.equal(core.state.view, 1n, 'four timeouts, the own one among them');
    core.receive(4, timeoutOf(4, 1));
    assert.equal(core.state.view, 2n, 'five');
    const results = attacked({ actors: ['timeout-spammer'], seeds: 4 });
    assertHarmless(results);
    assert.deepEqual(viewsGivenUp(results), []);
    assert.ok(evidenceAgainst(results).length > 0);
  });

  test('BYZ-17 nobody moves to a view that nothing proves', () => {
    const core = new Core();
    for (const view of [2, 1_000, 2 ** 40]) {
      for (const message of [newViewOf(view), timeoutOf(1, view)]) core.offer(1, message);
      assert.equal(core.judge(1, voteOf(1, 'prepare', B2)), 'far-future');
    }
    assert.equal(core.state.view, 1n);
  });

  test('BYZ-17 a federation stays near its own views, whatever one of them claims', () => {
    for (const actor of ['inflater', 'timeout-mixer']) {
      const results = attacked({ actors: [actor] });
      assertHarmless(results);
      for (const result of results) assert.ok(highestView(result.trace) <= result.height + 10);
      for (const { leader } of viewsGivenUp(results)) assert.equal(leader, TRAITOR);
    }
  });
});

function highestView(trace: readonly string[]): number {
  const views = trace.flatMap((line) => / view (?<view>\d+) leader/.exec(line)?.groups?.['view'] ?? []);
  return Math.max(...views.map(Number));
}
