import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  leftIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  roundVote,
} from '#test/support/rounds/rounds-harness.ts';

const B1 = roundBlock(GENESIS);
const B2 = roundBlock(B1, 0, { proposer: 1 });

function timersIn(effects: RoundsCore['effects']): readonly string[] {
  return effects.flatMap((each) => {
    if (each.kind === 'cancel-timer') return [`no ${each.name}`];
    return each.kind === 'set-timer' && 'afterMs' in each ? [`${each.name} ${each.afterMs}`] : [];
  });
}

describe('the wait for a view', () => {
  test('doubles with each view of a height that failed, up to its cap, and begins anew with the next height', () => {
    const core = new RoundsCore({ me: 2 });
    const waits = [0, 1, 2, 3, 4].map((view) => {
      const from = core.effects.length;
      core.receive(1, { kind: 'left', leave: leftIn(view) });
      return timersIn(core.effects.slice(from)).filter((each) => each.startsWith('round'));
    });
    assert.deepEqual(timersIn(core.effects).slice(0, 2), ['round 1000', 'resend 500']);
    assert.deepEqual(waits, [['round 2000'], ['round 4000'], ['round 8000'], ['round 8000'], ['round 8000']]);
    const from = core.effects.length;
    core.final(B1);
    assert.ok(timersIn(core.effects.slice(from)).includes('round 1000'));
  });

  test('has repetitions within it, at least one in a second', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, { kind: 'left', leave: leftIn(4) });
    assert.ok(timersIn(core.effects).includes('resend 1000'));
  });

  test('is none where nothing waits, and a single member that speaks makes none', () => {
    const core = new RoundsCore({ me: 2, work: false });
    core.votes('prepare', B1, [1]);
    core.votes('commit', B1, [1]);
    core.receive(1, roundLeave(1));
    for (const step of ['prepare', 'commit']) core.receive(1, roundVote(1, step, B2));
    assert.deepEqual(timersIn(core.effects), []);
  });

  test('begins when one honest member at least is known to vote, in this height or the next', () => {
    for (const block of [B1, B2]) {
      const core = new RoundsCore({ me: 2, work: false });
      core.votes('prepare', block, [1, 3]);
      assert.deepEqual(timersIn(core.effects), ['round 1000', 'resend 500']);
    }
  });

  test('ends when nothing waits any more', () => {
    const core = new RoundsCore({ me: 2 });
    assert.deepEqual(timersIn([...core.step({ kind: 'work', pending: false })]), ['no round', 'no resend']);
  });

  test('of a view that was left fires for nobody', () => {
    const core = new RoundsCore({ me: 2 });
    const { height, view } = core.at;
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    assert.deepEqual(core.step({ kind: 'timer', name: 'round', position: { instance: height, view } }), []);
  });
});
