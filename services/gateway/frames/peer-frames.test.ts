import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { PEER_BURST_FRAMES } from '../core/limits.ts';
import { PeerFrames } from './peer-frames.ts';
import type { FrameDelivery, PushResult } from './rules/inbox.ts';

const PAYLOAD = Uint8Array.of(1);

/** Frames of peer `bb`, on a clock that only moves when told. */
function framesOf(context: TestContext) {
  let nowMs = 0;
  context.mock.timers.enable({ apis: ['setTimeout'] });
  context.mock.method(performance, 'now', () => nowMs);
  const said: string[] = [];
  const consensus: { answer: PushResult } = { answer: 'taken' };
  const frames = new PeerFrames({
    peer: 'bb',
    events: {
      onFrame: ({ peer, trafficClass }: FrameDelivery) => {
        said.push(`${trafficClass} of ${peer}`);
        return consensus.answer;
      },
    },
    log: memoryLogger(),
    complain: (cause) => said.push(cause),
    onUnsent: (count) => said.push(`dropped ${count}`),
    onRoom: (trafficClass) => said.push(`read ${trafficClass}`),
  });
  context.after(() => frames.stop());
  const pass = (ms: number): void => {
    nowMs += ms;
    context.mock.timers.tick(ms);
  };
  return { frames, said, consensus, pass };
}

describe('the frames of one peer', () => {
  test('are handed on with the name of the peer', (context) => {
    const { frames, said } = framesOf(context);
    assert.equal(frames.take('consensus', PAYLOAD), 'taken');
    assert.deepEqual(said, ['consensus of bb']);
  });

  test('rest while consensus has no room for their class', (context) => {
    const { frames, said, consensus } = framesOf(context);
    consensus.answer = 'full';
    assert.equal(frames.take('transaction', PAYLOAD), 'full');
    frames.resume('transaction');
    assert.deepEqual(said, ['transaction of bb', 'read transaction']);
  });

  test('BYZ-15 of a muted peer are not handed on, and its streams are read again afterwards', (context) => {
    const { frames, said, pass } = framesOf(context);
    frames.mute(100);
    assert.equal(frames.take('sync', PAYLOAD), 'full');
    frames.resume('sync');
    assert.deepEqual(said, []);
    pass(100);
    assert.deepEqual(said, ['read consensus', 'read sync', 'read transaction']);
  });

  test('of a class without room rest on when a flood is over', (context) => {
    const { frames, said, consensus, pass } = framesOf(context);
    for (let frame = 0; frame < PEER_BURST_FRAMES; frame++) frames.take('sync', PAYLOAD);
    consensus.answer = 'full';
    frames.take('transaction', PAYLOAD);
    said.length = 0;
    pass(60_000);
    assert.deepEqual(said, ['read consensus', 'read sync']);
  });

  test('that wait for the peer are counted when they never leave', (context) => {
    const { frames, said } = framesOf(context);
    frames.outbox.push('consensus', PAYLOAD);
    frames.outbox.clear();
    assert.deepEqual(said, ['dropped 1']);
  });
});
