import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  onlyStatement,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { publicState } from './public-state.ts';

const B1 = blockOn(GENESIS, 1);

/** The counts of a member: the votes of each phase, timeouts, and whether there was a proposal. */
function counts({ state }: Core): string {
  const { steps, leaving, isProposed, neededWeight } = publicState(state).tally();
  assert.equal(neededWeight, 3n);
  const phases = steps.map(({ kind, members }) => `${kind} ${members}`);
  return [...phases, `leaving ${leaving.members}`, isProposed ? 'proposed' : 'no proposal'].join(', ');
}

describe('TW-2.9.4 the counts of a view of HotStuff', () => {
  test('follow its votes one by one where they go to all', () => {
    const core = new Core({ votePath: 'all' });
    assert.equal(counts(core), 'prepare 0, pre-commit 0, commit 0, leaving 0, no proposal');
    core.signed(onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE)));
    assert.equal(counts(core), 'prepare 1, pre-commit 0, commit 0, leaving 0, proposed');
    core.receive(2, voteOf(2, 'prepare', B1));
    core.receive(3, voteOf(3, 'pre-commit', B1));
    assert.equal(counts(core), 'prepare 2, pre-commit 1, commit 0, leaving 0, proposed');
  });

  test('are those of certificates at a member that does not lead, where votes go to the leader', () => {
    const core = new Core();
    core.signed(onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE)));
    assert.equal(counts(core), 'prepare 0, pre-commit 0, commit 0, leaving 0, proposed');
    core.learn(certify('prepare', B1));
    assert.equal(counts(core), 'prepare 3, pre-commit 0, commit 0, leaving 0, proposed');
    core.learn(certify('pre-commit', B1));
    assert.equal(counts(core), 'prepare 3, pre-commit 3, commit 0, leaving 0, proposed');
  });

  test('have the timeouts of this view alone, and begin anew with the next', () => {
    const core = new Core();
    core.receive(2, timeoutOf(2, 1));
    assert.equal(counts(core), 'prepare 0, pre-commit 0, commit 0, leaving 1, no proposal');
    core.receive(3, timeoutOf(3, 4));
    assert.equal(counts(core), 'prepare 0, pre-commit 0, commit 0, leaving 1, no proposal');
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    assert.equal(core.state.view, 2n);
    core.receive(2, timeoutOf(2, 3, { timeoutCertificate: gaveUp(2) }));
    assert.equal(core.state.view, 3n);
    assert.equal(counts(core), 'prepare 0, pre-commit 0, commit 0, leaving 1, no proposal');
  });

  test('have what a certificate from before a restart shows', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    assert.equal(
      counts(new Core({ restored: core.record })),
      'prepare 3, pre-commit 0, commit 0, leaving 0, proposed',
    );
  });
});
