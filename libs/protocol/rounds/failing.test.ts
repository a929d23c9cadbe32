import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  certifiedIn,
  effectKinds,
  leftIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  roundProposal,
} from '#test/support/rounds/rounds-harness.ts';
import type { RoundsEffect } from './state.ts';

const B1 = roundBlock(GENESIS);

/** The failures that are told, as "height/view leader cause", and whether there was a proposal. */
function failures(effects: readonly RoundsEffect[]): readonly (readonly [string, boolean | undefined])[] {
  return effects.flatMap((each) => {
    if (each.kind !== 'failed') return [];
    const { position, leader, cause, isProposed } = each.failure;
    return [[`${position.instance}/${position.view} ${leader} ${cause}`, isProposed] as const];
  });
}

describe('TW-2.9.2 a view that fails', () => {
  test('is told as one that timed out here, without a proposal where none was taken in', () => {
    const core = new RoundsCore({ me: 2 });
    assert.deepEqual(failures(core.fire('round')), [['1/0 0 timeout', false]]);
  });

  test('is told with a proposal where one was taken in, also before its block was judged', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(0, roundProposal(B1));
    assert.deepEqual(failures(core.fire('round')), [['1/0 0 timeout', true]]);
  });

  test('is told with a proposal where none came, but a quorum voted for one', () => {
    const core = new RoundsCore({ me: 2 });
    core.votes('prepare', B1, [0, 1, 3]);
    assert.equal(core.at.proposal, undefined);
    assert.deepEqual(failures(core.fire('round')), [['1/0 0 timeout', true]]);
  });

  test('is told as one that was joined, by the leave that makes it more than f, and not by f', () => {
    const core = new RoundsCore({ me: 2 });
    assert.deepEqual(failures(core.receive(1, roundLeave(1))), []);
    assert.deepEqual(failures(core.receive(3, roundLeave(3))), [['1/0 0 joined', false]]);
  });

  test('is told before its record, and once: not by a second end of the timer, nor by the quorum that leaves', () => {
    const core = new RoundsCore({ me: 2 });
    const effects = core.fire('round');
    assert.deepEqual(effectKinds(effects).slice(0, 2), ['failed', 'sign']);
    core.signAll(effects);
    assert.deepEqual(failures(core.fire('round')), []);
    core.receive(1, roundLeave(1));
    assert.deepEqual(failures(core.receive(3, roundLeave(3))), []);
    assert.equal(core.at.view, 1n);
    assert.equal(failures(core.effects).length, 1);
  });

  test('is told as certified where a quorum gave it up and this member did not', () => {
    const core = new RoundsCore({ me: 2 });
    assert.deepEqual(failures(core.receive(1, { kind: 'left', leave: leftIn(0) })), [
      ['1/0 0 certificate', false],
    ]);
    assert.deepEqual(failures(core.fire('round')), [['1/1 1 timeout', false]]);
  });

  test('is told to a watcher too, by the certificate', () => {
    const core = new RoundsCore({ me: 'watcher' });
    assert.deepEqual(failures(core.receive(1, { kind: 'left', leave: leftIn(0) })), [
      ['1/0 0 certificate', false],
    ]);
  });

  test('leaves open whether there was a proposal in a view that this member was not in, unless a quorum shows it', () => {
    const unseen = new RoundsCore({ me: 2 });
    const left = unseen.receive(1, { kind: 'left', leave: leftIn(3) });
    assert.deepEqual(failures(left), [['1/3 3 certificate', undefined]]);
    const shown = new RoundsCore({ me: 2 });
    const high = certifiedIn('prepare', B1, { view: 3 });
    assert.deepEqual(failures(shown.receive(1, { kind: 'left', leave: leftIn(3, high) })), [
      ['1/3 3 certificate', true],
    ]);
  });

  test('leaves it open in a view that is joined as soon as it is entered', () => {
    const core = new RoundsCore({ me: 2, members: 3 });
    const entry = leftIn(0);
    assert.deepEqual(failures(core.receive(1, roundLeave(1, { view: 1, entry }))), [
      ['1/0 0 certificate', false],
      ['1/1 1 joined', undefined],
    ]);
  });

  test('leaves it open in the first view of a height that others left before it opened here', () => {
    const core = new RoundsCore({ me: 2 });
    for (const member of [1, 3]) core.receive(member, roundLeave(member, { height: 2n }));
    assert.deepEqual(failures(core.final(B1)), [['2/0 1 joined', undefined]]);
  });

  test('leaves it open after a restart in the view, and tells no cause of a leave from before it', () => {
    const core = new RoundsCore({ me: 2 });
    core.signAll(core.propose(B1));
    const restarted = core.restarted();
    assert.equal(restarted.at.view, 0n);
    assert.deepEqual(failures(restarted.fire('round')), [['1/0 0 timeout', undefined]]);
    const again = restarted.restarted();
    const entered = again.receive(1, { kind: 'left', leave: leftIn(0) });
    assert.deepEqual(failures(entered), []);
    assert.equal(again.at.view, 1n);
    assert.deepEqual(failures(again.fire('round')), [['1/1 1 timeout', false]]);
  });

  test('is none where a quorum decided in it, and its members left it all the same', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, { kind: 'certificate', certificate: certifiedIn('commit', B1) });
    assert.equal(core.at.decided?.view, 0n);
    core.receive(1, { kind: 'left', leave: leftIn(0, certifiedIn('prepare', B1)) });
    assert.deepEqual(failures(core.effects), []);
  });

  test('is none where the height is decided, or a later view is shown by votes', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, { kind: 'certificate', certificate: certifiedIn('prepare', B1, { view: 2 }) });
    assert.equal(core.at.view, 2n);
    core.receive(1, { kind: 'certificate', certificate: certifiedIn('commit', B1, { view: 2 }) });
    core.final(B1);
    assert.deepEqual(failures(core.effects), []);
  });
});
