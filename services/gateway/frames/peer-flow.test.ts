import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { MUTE_MS_MAX, PEER_BURST_FRAMES, PEER_FRAMES_PER_SECOND } from '../core/limits.ts';
import { PeerFlow } from './peer-flow.ts';

const SECONDS = 20;

/** A flow whose peer always has more to say: it is read whenever it does not rest. */
function flowOf(context: TestContext) {
  let nowMs = 0;
  context.mock.timers.enable({ apis: ['setTimeout'] });
  context.mock.method(performance, 'now', () => nowMs);
  const complaints: string[] = [];
  let delivered = 0;
  let rested = 0;
  const flow = new PeerFlow({
    complain: (cause) => complaints.push(cause),
    onRested: () => {
      rested += 1;
    },
  });
  const take = () =>
    flow.take(() => {
      delivered += 1;
      return 'taken';
    });
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed++) {
      nowMs += 1;
      context.mock.timers.tick(1);
    }
  };
  return { flow, take, pass, complaints, delivered: () => delivered, rested: () => rested };
}

describe('the flow of one peer', () => {
  test('BYZ-15 takes a burst, and then no more than its rate, second after second', (context) => {
    const { flow, take, pass, complaints, delivered } = flowOf(context);
    for (let second = 1; second <= SECONDS; second++) {
      for (let ms = 0; ms < 1_000; ms++) {
        while (!flow.isResting) take();
        pass(1);
      }
      const allowed = PEER_BURST_FRAMES + second * PEER_FRAMES_PER_SECOND;
      // One frame more shows that it is too many.
      assert.ok(delivered() <= allowed + 1, `${delivered()} after ${second} s`);
      assert.ok(delivered() >= second * PEER_FRAMES_PER_SECOND, `${delivered()} after ${second} s`);
    }
    assert.deepEqual(new Set(complaints), new Set(['peer sends too many frames, it is slowed down']));
    flow.stop();
  });

  test('BYZ-15 takes all of what one read brought, and rests until that is paid for', (context) => {
    const { flow, take, pass, delivered, rested } = flowOf(context);
    const frames = PEER_BURST_FRAMES + 2 * PEER_FRAMES_PER_SECOND;
    for (let frame = 0; frame < frames; frame++) take();
    assert.equal(delivered(), frames);
    pass(1_999);
    assert.deepEqual([flow.isResting, rested()], [true, 0]);
    pass(1);
    assert.deepEqual([flow.isResting, rested()], [false, 1]);
    pass(1_000 / PEER_FRAMES_PER_SECOND);
    assert.equal(take(), 'taken');
  });

  test('BYZ-15 never rests for a peer that stays within its rate', (context) => {
    const { flow, take, pass, complaints, delivered } = flowOf(context);
    for (let frame = 0; frame < SECONDS * PEER_FRAMES_PER_SECOND; frame++) {
      assert.equal(take(), 'taken');
      pass(1_000 / PEER_FRAMES_PER_SECOND);
    }
    assert.equal(delivered(), SECONDS * PEER_FRAMES_PER_SECOND);
    assert.deepEqual([complaints, flow.isResting], [[], false]);
  });

  test('BYZ-15 takes nothing of a muted peer until the time is over, which has a bound', (context) => {
    const { flow, take, pass, delivered, rested } = flowOf(context);
    flow.mute(10 * MUTE_MS_MAX);
    pass(MUTE_MS_MAX - 1);
    assert.deepEqual([take(), delivered(), rested()], ['full', 0, 0]);
    pass(1);
    assert.deepEqual([take(), delivered(), rested()], ['taken', 1, 1]);
    flow.mute(MUTE_MS_MAX);
    flow.mute(1);
    pass(1);
    assert.equal(take(), 'taken');
  });
});
