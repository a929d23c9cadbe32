import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, type Height, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';
import { MemoryTracer } from '#libs/tracing/memory-tracer.ts';
import { blockUpon, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { decisionTraceId, memberSpanId } from '../../core/span-ids.ts';
import type { EnteredView } from '../view-reports.ts';
import { DecisionSpans } from './decision-spans.ts';
import { tracedSigner } from './traced-signer.ts';

const CHAIN: Digest = toDigest('ab'.repeat(32));
const HEIGHT: Height = toHeight(1n);
const TRACE = decisionTraceId(CHAIN, HEIGHT);
const nameOf = (index: number): string => `m${index}`;

/** The decisions of one member, whose clock goes on by 10 ms with each step. */
function deciding(member = 'm0') {
  const tracer = new MemoryTracer();
  const decisions = new DecisionSpans({ tracer, chain: CHAIN, member, nameOf });
  const enter = (view: bigint, more: Partial<EnteredView> = {}): void =>
    decisions.entered({
      ...{ height: HEIGHT, view: toView(view), leader: toMemberIndex(1), leaderName: 'm1' },
      ...{ afterTimeout: false, failed: undefined, ...more },
    });
  const step = (name: string, more: Partial<ConsensusStep> = {}): void => {
    tracer.clockMs += 10;
    decisions.step({ name, view: toView(1n), ...more });
  };
  const decide = () => {
    const { block } = blockUpon(GENESIS, 1, ['paid']);
    decisions.ordered([block]);
    return block;
  };
  const tree = () =>
    tracer.spans.map(({ name, parent }) => [
      name,
      tracer.spans.find((each) => each.place.spanId === parent)?.name,
    ]);
  return { tracer, decisions, enter, step, decide, tree };
}

const ROUND = [
  'view_timer_started',
  'proposal_received',
  'block_added',
  'prepare_vote_created',
  'prepare_vote_sent',
  'prepare_qc_received',
  'prepare_qc_validated',
  'commit_vote_created',
  'commit_vote_sent',
  'commit_qc_validated',
];

describe('P2P-93 the spans of a decision', () => {
  test('are its view, the quorums that this member voted for, and its execution', () => {
    const { tracer, decisions, enter, step, decide, tree } = deciding();
    enter(1n);
    for (const name of ROUND) step(name);
    decisions.synced('record', 3);
    const block = decide();
    tracer.clockMs += 5;
    decisions.executed(block);
    assert.deepEqual(tree(), [
      ['prepare quorum', 'view'],
      ['commit quorum', 'view'],
      ['store record', 'view'],
      ['view', 'decide'],
      ['decide', undefined],
      ['execute', 'decide'],
    ]);
    const times = (name: string) => tracer.named(name).map(({ startMs, endMs }) => [startMs, endMs])[0];
    assert.deepEqual(times('prepare quorum'), [1_040, 1_070]);
    assert.deepEqual(times('store record'), [1_097, 1_100]);
    assert.deepEqual(times('decide'), [1_010, 1_100]);
    assert.deepEqual(times('execute'), [1_100, 1_105]);
    const [decision] = tracer.named('decide');
    assert.deepEqual(decision?.facts, {
      ...{ 'btcfed.height': 1, 'btcfed.member': 'm0', 'btcfed.views': 1, 'btcfed.view': 1 },
      ...{ 'btcfed.block': block.digest, 'btcfed.proposer': 'm1', 'btcfed.transactions': 1 },
    });
    assert.deepEqual(
      tracer.named('view')[0]?.events?.map(({ name }) => name),
      ROUND,
    );
  });

  test('of all members are in one trace, each at a place of its own that all can compute', () => {
    const places = ['m0', 'm1'].map((member) => {
      const { tracer, enter, step, decide } = deciding(member);
      enter(1n);
      step('proposal_received');
      decide();
      return tracer.named('decide')[0]?.place;
    });
    assert.deepEqual(
      places,
      ['m0', 'm1'].map((name) => ({ traceId: TRACE, spanId: memberSpanId(TRACE, name) })),
    );
    assert.notEqual(places[0]?.spanId, places[1]?.spanId);
    assert.notEqual(TRACE, decisionTraceId(CHAIN, toHeight(2n)));
    assert.notEqual(TRACE, decisionTraceId(toDigest('cd'.repeat(32)), HEIGHT));
  });

  test('tell of a view that failed why it did, and of the next that it decided', () => {
    const { tracer, enter, step, decide } = deciding();
    enter(1n);
    step('view_timer_started');
    const position = { instance: 0n, view: toView(1n) };
    const failed = {
      position,
      height: HEIGHT,
      leader: toMemberIndex(1),
      leaderName: 'm1',
      cause: 'timeout',
      isProposed: false,
    } as const;
    enter(2n, { afterTimeout: true, failed });
    step('proposal_received', { view: toView(2n) });
    decide();
    assert.deepEqual(
      tracer.named('view').map(({ facts, fault }) => [facts?.['btcfed.view'], fault]),
      [
        [1, 'timeout'],
        [2, undefined],
      ],
    );
    assert.equal(tracer.named('decide')[0]?.facts?.['btcfed.views'], 2);
  });

  test('begin with work: a member that waits for hours in its view decides nothing meanwhile', () => {
    const { tracer, enter, step, decide } = deciding();
    enter(1n);
    for (const name of ['leader_elected', 'new_view_started', 'prepare_vote_received']) step(name);
    decide();
    assert.deepEqual(tracer.spans, []);
  });

  test('are of no other height and view, and what comes late begins none', () => {
    const { tracer, enter, step, decide } = deciding();
    enter(1n);
    step('proposal_received');
    step('commit_vote_sent', { height: toHeight(2n) });
    step('prepare_vote_sent', { view: toView(7n) });
    decide();
    step('proposal_received');
    step('prepare_vote_created');
    assert.deepEqual(
      tracer.named('view')[0]?.events?.map(({ name }) => name),
      ['proposal_received'],
    );
    assert.equal(tracer.named('decide').length, 1);
    const { block } = blockUpon(GENESIS, 1, ['of others']);
    tracer.spans.length = 0;
    // A member that fetches blocks takes part in no decision.
    deciding().decisions.ordered([block]);
    assert.deepEqual(tracer.spans, []);
  });

  test('are bounded: votes of others are no events, and a liar who says one thing for ever is not told of for ever', () => {
    const { tracer, enter, step, decide } = deciding();
    enter(1n);
    for (let count = 0; count < 500; count++) step('prepare_vote_received', { member: toMemberIndex(2) });
    for (let count = 0; count < 500; count++) step('proposal_received', { member: toMemberIndex(2) });
    decide();
    const events = tracer.named('view')[0]?.events ?? [];
    assert.equal(events.length, 128);
    assert.ok(
      events.every(({ name, facts }) => name === 'proposal_received' && facts?.['btcfed.peer'] === 'm2'),
    );
  });

  test('are not made of a trace that is not recorded, and the signer is told of none', () => {
    const { tracer, decisions, enter, step, decide } = deciding();
    tracer.unrecorded.add(TRACE);
    enter(1n);
    for (const name of ROUND) step(name);
    decisions.synced('record', 3);
    const told: (string | undefined)[] = [];
    const signer = tracedSigner({ sign: ({ traceparent }) => told.push(traceparent) }, { tracer, decisions });
    signer.sign(order(), () => {});
    decide();
    assert.deepEqual([tracer.spans, told], [[], [undefined]]);
  });

  test('have each request to the signer in them, with a header that leads into the signer', () => {
    const { tracer, decisions, enter, step } = deciding();
    enter(1n);
    step('proposal_received');
    const answers: string[] = [];
    const told: (string | undefined)[] = [];
    const signer = tracedSigner(
      {
        sign: ({ traceparent }, done) => {
          told.push(traceparent);
          tracer.clockMs += 200;
          done({ kind: 'refused', reason: 'SIGNER_DOUBLE_SIGN' });
        },
      },
      { tracer, decisions },
    );
    signer.sign(order(), ({ kind }) => answers.push(kind));
    const [span] = tracer.named('sign prepare');
    assert.deepEqual(answers, ['refused']);
    assert.deepEqual(told, [`00-${TRACE}-${span?.place.spanId}-01`]);
    assert.deepEqual(
      [span?.kind, span?.startMs, span?.endMs, span?.fault],
      ['client', 1_010, 1_210, 'SIGNER_DOUBLE_SIGN'],
    );
    assert.equal(span?.parent, decisions.view?.place.spanId);
  });
});

function order() {
  const statement = { kind: 'prepare', instance: 0n, view: toView(1n) };
  return { statement, grounds: {}, epoch: 0n } as unknown as Parameters<
    ReturnType<typeof tracedSigner>['sign']
  >[0];
}
