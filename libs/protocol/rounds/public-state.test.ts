import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  certifiedIn,
  leftIn,
  RoundsCore,
  roundBlock,
  roundLeave,
} from '#test/support/rounds/rounds-harness.ts';
import { publicRound } from './public-state.ts';

const B1 = roundBlock(GENESIS);

/** The counts of a member: first votes, deciding votes, leaves; and whether there was a proposal. */
function counts({ state }: RoundsCore): readonly unknown[] {
  const { steps, leaving, isProposed, neededWeight } = publicRound(state).tally();
  assert.equal(neededWeight, 3n);
  return [...steps.map(({ kind, members }) => `${kind} ${members}`), leaving.members, isProposed];
}

describe('TW-2.9.4 the counts of a view of locked rounds', () => {
  test('follow its votes one by one', () => {
    const core = new RoundsCore({ me: 2 });
    assert.deepEqual(counts(core), ['prepare 0', 'commit 0', 0, false]);
    const effects = core.propose(B1);
    assert.deepEqual(counts(core), ['prepare 0', 'commit 0', 0, true]);
    core.signAll(effects);
    assert.deepEqual(counts(core), ['prepare 1', 'commit 0', 0, true], 'its own');
    core.votes('commit', B1, [3]);
    core.votes('prepare', B1, [0]);
    assert.deepEqual(counts(core), ['prepare 2', 'commit 1', 0, true]);
    core.receive(1, roundLeave(1));
    assert.deepEqual(counts(core), ['prepare 2', 'commit 1', 1, true]);
  });

  test('have the voters of a certificate that another member shows', () => {
    const core = new RoundsCore({ me: 3 });
    core.receive(1, { kind: 'certificate', certificate: certifiedIn('prepare', B1) });
    assert.deepEqual(counts(core), ['prepare 3', 'commit 0', 0, true]);
    core.receive(1, { kind: 'certificate', certificate: certifiedIn('commit', B1) });
    assert.deepEqual(counts(core), ['prepare 3', 'commit 3', 0, true]);
  });

  test('leave out the voters of a later height', () => {
    const core = new RoundsCore({ me: 3 });
    core.receive(1, { kind: 'certificate', certificate: certifiedIn('commit', roundBlock(B1, 0)) });
    assert.equal(core.at.decided?.height, 2n);
    assert.deepEqual(counts(core), ['prepare 0', 'commit 0', 0, false]);
  });

  test('begin anew with a view and with a height, and leave out the votes of other views', () => {
    const core = new RoundsCore({ me: 2 });
    core.signAll(core.propose(B1));
    core.votes('prepare', B1, [0, 1]);
    core.votes('commit', B1, [0, 1]);
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    assert.equal(core.at.view, 1n);
    assert.deepEqual(counts(core), ['prepare 0', 'commit 0', 0, false]);
    core.final(B1);
    assert.deepEqual(counts(core), ['prepare 0', 'commit 0', 0, false]);
  });

  test('are those of the state that was shown, also when they are made later', () => {
    const core = new RoundsCore({ me: 2 });
    const before = publicRound(core.state);
    core.votes('prepare', B1, [0, 1]);
    assert.equal(before.tally().steps[0]?.members, 0);
  });
});
