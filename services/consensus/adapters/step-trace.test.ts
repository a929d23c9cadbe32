import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Signal } from '#libs/events/bus.ts';
import { subjectOf } from '#libs/events/subjects.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ConsensusStep as WireStep } from '#libs/proto/btcfed/event/v1/event.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';
import { viewTraceId } from '../core/view-trace.ts';
import { ConsensusTrace } from './step-trace.ts';

const CHAIN = toDigest('ab'.repeat(32));

const step: ConsensusStep = {
  name: 'prepare_vote_validated',
  view: toView(7n),
  height: toHeight(5n),
  digest: toDigest('cd'.repeat(32)),
  member: toMemberIndex(2),
  phase: 'prepare',
};

function parts({ isDebug = true, always = false, publish = (_: Signal): void => {} } = {}) {
  const log = memoryLogger();
  const trace = new ConsensusTrace({
    log: { ...log, isWritten: (level) => level !== 'debug' || isDebug },
    bus: { publishSignal: publish },
    always,
    nameOf: (index) => `m${index}`,
    traceIdOf: (view) => viewTraceId(CHAIN, view),
  });
  return { log, trace };
}

describe('ConsensusTrace', () => {
  test('tells a step as a debug line, in the words of the event registry', () => {
    const { log, trace } = parts();
    trace.step(step);
    assert.deepEqual(log.lines, [
      {
        level: 'debug',
        message: 'consensus event',
        fields: {
          event_type: 'prepare_vote_validated',
          trace_id: viewTraceId(CHAIN, step.view),
          view: 7n,
          height: 5n,
          block_hash: 'cd'.repeat(32),
          voter: 'm2',
          phase: 'prepare',
        },
      },
    ]);
  });

  for (const [name, sentence] of [
    ['proposal_broadcasted', 'Block proposed successfully'],
    ['precommit_vote_sent', 'Vote created and sent'],
    ['commit_qc_formed', 'Quorum certificate formed successfully'],
    ['block_committed', 'Block committed to chain'],
    ['proposal_rejected', 'Failed to process proposal message'],
    ['prepare_vote_rejected', 'Failed to process vote message'],
  ] as const) {
    test(`LOG-24 says of ${name}: ${sentence}`, () => {
      const { log, trace } = parts();
      trace.step({ ...step, name });
      assert.equal(log.lines[0]?.message, sentence);
      assert.equal(log.lines[0]?.fields['event_type'], name);
    });
  }

  test('tells the same step as a signal whose subject names it', () => {
    const signals: Signal[] = [];
    parts({ publish: (signal) => signals.push(signal) }).trace.step(step);
    const [signal] = signals;
    assert.ok(signal !== undefined);
    assert.equal(
      subjectOf({ network: 'main', member: 'm0', ...signal }),
      'btcfed.main.m0.consensus.step.prepare_vote_validated.v1',
    );
    assert.equal(signal.traceId, viewTraceId(CHAIN, step.view));
    const { eventType, view, height, member, leader, phase } = WireStep.decode(signal.body);
    assert.deepEqual(
      { eventType, view, height, member, leader, phase },
      { eventType: step.name, view: 7n, height: 5n, member: 2, leader: undefined, phase: 'prepare' },
    );
  });

  for (const [isDebug, always, isWanted] of [
    [false, false, false],
    [true, false, true],
    [false, true, true],
  ] as const) {
    test(`LOG-20 with debug ${isDebug} and always ${always}, steps are ${isWanted ? '' : 'not '}wanted`, () => {
      assert.equal(parts({ isDebug, always }).trace.isWanted(), isWanted);
    });
  }

  test('a failure to tell does not reach consensus', () => {
    const publish = (): void => {
      throw new Error('broken');
    };
    const { log, trace } = parts({ publish });
    trace.step(step);
    assert.equal(log.lines.at(-1)?.message, 'step of consensus not told');
  });
});

describe('viewTraceId', () => {
  test('P2P-93 is the same for all members of a chain, and another for each view and chain', () => {
    const other = toDigest('ac'.repeat(32));
    const ids = [
      viewTraceId(CHAIN, toView(7n)),
      viewTraceId(CHAIN, toView(8n)),
      viewTraceId(other, toView(7n)),
    ];
    assert.equal(new Set(ids).size, 3);
    assert.equal(viewTraceId(CHAIN, toView(7n)), ids[0]);
    assert.match(ids[0]!, /^[0-9a-f]{32}$/);
  });
});
