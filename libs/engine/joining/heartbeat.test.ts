import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import type { Progress } from '#libs/protocol/module.ts';
import { comparePositions } from '#libs/protocol/vote/position.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { GENESIS_COMMIT } from '#test/support/hotstuff/hotstuff-harness.ts';
import { saidIn } from '#test/support/hotstuff/sealed.ts';
import { Heartbeat } from './heartbeat.ts';
import { HEARTBEAT_MS, HEARTBEAT_SPREAD_MS, WHEREABOUTS_PER_SECOND_MAX } from './joining-limits.ts';

const LATE = 1;
/**
 * A federation at rest in which one member heard nothing of the last view. Nothing waits at that member, so none of
 * its timers runs, and nobody tells it that it was away.
 */
function withMissedDecision(): Federation {
  const federation = new Federation(4);
  federation.submit(0, 'heard');
  federation.away.add(toMemberIndex(LATE));
  federation.submit(0, 'missed');
  federation.away.clear();
  assert.deepEqual(transactionsOf(federation.members[0]!), ['heard', 'missed']);
  federation.pass(HEARTBEAT_MS / 2);
  assert.deepEqual(transactionsOf(federation.members[LATE]!), ['heard']);
  return federation;
}

describe('a federation at rest', () => {
  test('HS-33 brings a member that missed the last decision up to it with its next heartbeat', () => {
    const federation = withMissedDecision();
    federation.pass(HEARTBEAT_MS + HEARTBEAT_SPREAD_MS);
    assert.deepEqual(transactionsOf(federation.members[LATE]!), ['heard', 'missed']);
  });

  test('does so when only others speak: who hears of more asks', () => {
    const federation = withMissedDecision();
    let heard = '';
    federation.tamper = (from, sent) => {
      if (sent.body.kind !== 'whereabouts') return [sent];
      if (from !== LATE && sent.to === LATE) heard = `${from} ${federation.nowMs}`;
      // Only the answers of the late member get through, none of its own heartbeats.
      return from !== LATE || heard === `${sent.to} ${federation.nowMs}` ? [sent] : [];
    };
    federation.pass(3 * (HEARTBEAT_MS + HEARTBEAT_SPREAD_MS));
    assert.notEqual(heard, '');
    assert.deepEqual(transactionsOf(federation.members[LATE]!), ['heard', 'missed']);
  });

  test('A5-06 FED-20 gives up no view and signs nothing for it', () => {
    const federation = withMissedDecision();
    const signed = federation.signed.length;
    federation.pass(10 * HEARTBEAT_MS);
    assert.equal(federation.signed.length, signed);
    for (const { node } of federation.members) assert.equal(node.protocol().timedOutViews, 0n);
  });

  test('tells each member in turn', () => {
    const federation = new Federation(5);
    const told = new Set<string>();
    federation.tamper = (from, sent) => {
      told.add(`${from} ${sent.to}`);
      return [sent];
    };
    federation.pass(5 * (HEARTBEAT_MS + HEARTBEAT_SPREAD_MS));
    assert.equal(told.size, 5 * 4);
  });

  test('goes on when members stop', () => {
    const federation = withMissedDecision();
    federation.members[0]!.node.stop();
    federation.members[2]!.node.stop();
    federation.pass(4 * (HEARTBEAT_MS + HEARTBEAT_SPREAD_MS));
    assert.deepEqual(transactionsOf(federation.members[LATE]!), ['heard', 'missed']);
  });
});

describe('the audit logs of signers', () => {
  const head = {
    sequence: 3n,
    hash: new Uint8Array(32),
    signature: new Uint8Array(64),
    publicKey: new Uint8Array(32),
  };
  /** The heartbeat of member 0, whose signer's log ends with `head`; `said` and `heard` are kept. */
  function beating(own: typeof head | undefined) {
    const said: unknown[] = [];
    const heard: unknown[] = [];
    const heartbeat = new Heartbeat({
      me: toMemberIndex(0),
      peers: { send: (to, body) => said.push([to, body]), connected: () => [] },
      clock: { nowMs: () => 0, after: () => () => {} },
      decided: () => GENESIS_COMMIT,
      rootHeight: toHeight(0n),
      at: () => viewPosition(toView(1n)),
      help: () => {},
      audit: { own: () => own, heard: (from, told) => heard.push([from, told]) },
    });
    return { heartbeat, said, heard };
  }
  const where = {
    kind: 'whereabouts',
    height: toHeight(0n),
    ...viewPosition(toView(1n)),
    asks: false,
  } as const;

  test('are told with each heartbeat once the signer has told them, and those of others are taken', () => {
    const { heartbeat, said, heard } = beating(head);
    heartbeat.tell(toMemberIndex(2));
    assert.deepEqual(said, [[2, { ...where, audit: head }]]);
    heartbeat.heard({ ...where, audit: head }, toMemberIndex(3));
    heartbeat.heard(where, toMemberIndex(1));
    assert.deepEqual(heard, [[3, head]]);
    const silent = beating(undefined);
    silent.heartbeat.tell('all');
    assert.deepEqual(silent.said, [['all', { ...where, audit: undefined }]]);
  });
});

describe('a member that lies about where it is', () => {
  const claim = {
    kind: 'whereabouts',
    height: toHeight(2n ** 63n),
    ...viewPosition(toView(2n ** 63n)),
    asks: false,
  } as const;

  test('is believed nothing: nobody moves', () => {
    const federation = new Federation(4);
    federation.submit(0, 'first');
    federation.send(toMemberIndex(3), { to: 'all', body: claim });
    federation.settle();
    federation.pass(60_000);
    for (const { node, chain } of federation.members) {
      assert.equal(chain.tip().header.height, 1n);
      assert.equal(node.protocol().position.view, 2n);
      assert.equal(node.status().catchUp.targetHeight, undefined);
    }
  });

  test('is answered no more often than the budget allows, whatever it says', () => {
    for (const body of [claim, { ...claim, height: toHeight(0n), view: toView(0n) }]) {
      const federation = new Federation(4);
      federation.submit(0, 'first');
      federation.pass(1_000);
      const [victim] = federation.members;
      victim!.refused.length = 0;
      federation.sent.length = 0;
      for (let i = 0; i < 100; i++) victim!.node.hear(toMemberIndex(3), { ok: true, body: body });
      federation.settle();
      assert.ok(federation.sent.length <= 3 * WHEREABOUTS_PER_SECOND_MAX, `${federation.sent}`);
      assert.equal(victim!.refused.length, 100 - WHEREABOUTS_PER_SECOND_MAX);
    }
  });
});

describe('where each height has views of its own', () => {
  const own = { instance: 6n, view: toView(2n) };
  const PEER = toMemberIndex(1);

  /** The messages and the help of a member in view 2 of height 6, to one that says that it is at this position. */
  function answerTo(height: bigint, instance: bigint, view: bigint) {
    const said: string[] = [];
    const helped: Progress[] = [];
    const heartbeat = new Heartbeat({
      me: toMemberIndex(0),
      peers: { send: (_, body) => said.push(saidIn(body).kind), connected: () => [] },
      clock: { nowMs: () => 0, after: () => () => {} },
      decided: () => ({ ...GENESIS_COMMIT, instance: 5n, height: toHeight(5n) }),
      rootHeight: toHeight(0n),
      at: () => own,
      help: (_, reported) => helped.push(reported),
      audit: undefined,
    });
    const position = { instance, view: toView(view) };
    heartbeat.heard({ kind: 'whereabouts', height: toHeight(height), ...position, asks: false }, PEER);
    return { said, helped };
  }

  test('a member in a late view of an older height gets the decision and the proofs of its view', () => {
    assert.deepEqual(answerTo(4n, 5n, 9n), {
      said: ['decided'],
      helped: [{ at: { instance: 5n, view: 9n }, decided: { instance: 5n, view: 8n } }],
    });
  });

  test('a member in an older view of this height gets the proofs of its view', () => {
    const { said, helped } = answerTo(5n, 6n, 0n);
    assert.deepEqual([said, helped.map(({ at }) => at)], [[], [{ instance: 6n, view: 0n }]]);
    assert.ok(
      helped.every(({ decided }) => comparePositions(decided, { instance: 6n, view: toView(0n) }) < 0),
    );
  });

  test('a member in the first view of a later height is asked for proof', () => {
    assert.deepEqual(answerTo(5n, 7n, 0n), { said: ['whereabouts'], helped: [] });
  });

  test('a member at the same position is left alone', () => {
    assert.deepEqual(answerTo(5n, 6n, 2n), { said: [], helped: [] });
  });

  test('this member tells its instance with its view', () => {
    const said: unknown[] = [];
    const heartbeat = new Heartbeat({
      ...{ me: toMemberIndex(0), rootHeight: toHeight(0n), help: () => {}, audit: undefined },
      peers: { send: (_, body) => said.push(body), connected: () => [] },
      clock: { nowMs: () => 0, after: () => () => {} },
      decided: () => ({ ...GENESIS_COMMIT, instance: 5n, height: toHeight(5n) }),
      at: () => own,
    });
    heartbeat.tell(PEER);
    assert.deepEqual(said, [{ kind: 'whereabouts', height: 5n, ...own, asks: false, audit: undefined }]);
  });
});

describe('the first decision of an epoch', () => {
  /** The answers of member 0, at height 4, to a member that reports height 2. */
  function answerInEpochFrom(rootHeight: bigint): readonly unknown[] {
    const said: unknown[] = [];
    const heartbeat = new Heartbeat({
      me: toMemberIndex(0),
      peers: { send: (_, body) => said.push(saidIn(body).kind), connected: () => [] },
      clock: { nowMs: () => 0, after: () => () => {} },
      decided: () => ({ ...GENESIS_COMMIT, height: toHeight(4n) }),
      rootHeight: toHeight(rootHeight),
      at: () => viewPosition(toView(1n)),
      help: () => {},
      audit: undefined,
    });
    const where = {
      kind: 'whereabouts',
      height: toHeight(2n),
      ...viewPosition(toView(1n)),
      asks: false,
    } as const;
    heartbeat.heard(where, toMemberIndex(1));
    return said;
  }

  test('is shown to who lacks it', () => assert.deepEqual(answerInEpochFrom(1n), ['decided']));

  test('is not what ended the epoch before: its signatures would pass for false ones', () => {
    assert.deepEqual(answerInEpochFrom(4n), []);
  });
});
