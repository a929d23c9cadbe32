import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  kinds,
  onlyStatement,
  proposalOf,
  sent,
  statementsIn,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { viewPosition } from './statements.ts';

const B1 = blockOn(GENESIS, 1);
const OTHER1 = blockOn(GENESIS, 1, { salt: 1 });

/** Member 0 in view 2, locked on B1 of view 1, which was not decided. */
function lockedInView2(): Core {
  const core = new Core();
  core.receiveProposal(B1, GENESIS_PREPARE);
  core.learn(certify('prepare', B1));
  core.learn(certify('pre-commit', B1));
  core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, certify('prepare', B1)) });
  assert.equal(core.state.view, 2n);
  assert.equal(core.state.locked?.digest, B1.digest);
  return core;
}

describe('a replica in a view that goes well', () => {
  test('checks the block, votes in three phases, commits and enters the next view (HS-02, HS-22, HS-24)', () => {
    const core = new Core();
    assert.deepEqual(kinds(core.receive(1, proposalOf(B1, GENESIS_PREPARE))), ['check']);
    assert.deepEqual(asked(core.hold(B1)), ['prepare 1']);
    assert.deepEqual(asked(core.learn(certify('prepare', B1), 1)), ['pre-commit 1']);
    assert.deepEqual(asked(core.learn(certify('pre-commit', B1), 1)), ['commit 1']);
    const effects = core.learn(certify('commit', B1), 1);
    assert.deepEqual(kinds(effects).slice(0, 4), ['commit', 'cancel-timer', 'cancel-timer', 'persist']);
    assert.equal(core.state.view, 2n);
    assert.equal(core.state.commit.digest, B1.digest);
    const entered = effects.flatMap((each) =>
      each.kind === 'entered' ? [[each.position.view, each.leader]] : [],
    );
    assert.deepEqual(entered, [[2n, 2]]);
  });

  test('keeps nothing of a round when it enters the next view (HS-24)', () => {
    // The leader of view 1, which counts votes beside its own.
    const core = new Core({ me: 1 });
    const own = statementsIn(core.step({ kind: 'built', position: viewPosition(B1.header.view), block: B1 }));
    for (const statement of own) core.signed(statement);
    core.receive(2, voteOf(2, 'prepare', B1));
    core.receive(3, voteOf(3, 'prepare', B1));
    const { proposal, voted, votes, certificates, outbox } = core.state;
    assert.equal(proposal?.block.digest, B1.digest);
    assert.deepEqual(Object.keys(voted), ['prepare', 'pre-commit']);
    assert.equal(votes.prepare.size, 3);
    assert.deepEqual(Object.keys(certificates), ['prepare']);
    assert.ok(outbox.length > 0);
    core.learn(certify('commit', B1));
    const { state } = core;
    assert.deepEqual([state.view, state.proposal, state.draft], [2n, undefined, undefined]);
    assert.deepEqual([state.voted, state.certificates, state.building], [{}, {}, false]);
    for (const phase of ['prepare', 'pre-commit', 'commit'] as const)
      assert.equal(state.votes[phase].size, 0);
    // Only the report to the leader of the next view is left to send, and nothing of the last view.
    assert.deepEqual(
      state.outbox.map(({ to, message }) => [to, message.kind]),
      [[2, 'new-view']],
    );
  });

  test('sends a vote to the leader only, and only once it came back signed', () => {
    const core = new Core();
    const statement = onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE));
    assert.deepEqual(sent(core.effects).includes('vote 1'), false);
    assert.deepEqual(sent(core.signed(statement)), ['vote 1']);
  });

  test('records each vote, and the lock, in the very effect that asks for its signature', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    assert.deepEqual(Object.keys(core.record.voted), ['prepare']);
    core.learn(certify('prepare', B1));
    assert.equal(core.record.high.view, 1n);
    assert.equal(core.record.locked?.view, undefined);
    core.learn(certify('pre-commit', B1));
    assert.equal(core.record.locked?.view, 1n);
    assert.deepEqual(Object.keys(core.record.voted), ['prepare', 'pre-commit', 'commit']);
  });
});

describe('one vote for each view and phase (RULES.md A.6, A.7)', () => {
  test('the same certificate again makes no second vote', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    const certificate = certify('prepare', B1);
    core.learn(certificate);
    assert.equal(core.judge(2, { kind: 'certificate', certificate }), 'stale');
    assert.deepEqual(asked(core.step({ kind: 'checked', ...refOf(), ok: true })), []);
  });

  test('phases go forward only: PRE-COMMIT is not voted after COMMIT', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    assert.deepEqual(asked(core.learn(certify('pre-commit', B1))), ['commit 1']);
    assert.deepEqual(asked(core.learn(certify('prepare', B1))), []);
  });

  test('a second proposal of the leader is evidence, not a vote (RULES.md A.15)', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    assert.equal(core.judge(1, proposalOf(OTHER1, GENESIS_PREPARE)), 'equivocation');
    assert.equal(core.judge(1, proposalOf(B1, GENESIS_PREPARE)), 'duplicate');
  });

  function refOf() {
    return { digest: B1.digest, height: B1.header.height };
  }
});

describe('what a vote needs', () => {
  test('not an own PREPARE vote: the block is fetched and the later phases are voted (RULES.md A.11)', () => {
    const core = new Core();
    assert.ok(kinds(core.learn(certify('prepare', B1))).includes('fetch'));
    assert.deepEqual(asked(core.hold(B1)), ['pre-commit 1']);
    assert.deepEqual(asked(core.learn(certify('pre-commit', B1))), ['commit 1']);
  });

  test('the block: a certificate alone is learned, and voted once the block is held', () => {
    const core = new Core();
    const effects = core.learn(certify('pre-commit', B1));
    assert.deepEqual(asked(effects), []);
    assert.equal(core.state.locked?.view, 1n);
    assert.deepEqual(asked(core.hold(B1)), ['commit 1']);
  });

  test('a valid block: none for one that breaks the rules, whose certificate is learned all the same (RULES.md A.10, HS-26)', () => {
    const core = new Core();
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    const { digest, header } = B1;
    assert.deepEqual(asked(core.step({ kind: 'checked', digest, height: header.height, ok: false })), []);
    assert.deepEqual(asked(core.learn(certify('prepare', B1))), []);
    assert.equal(core.state.high.view, 1n);
  });

  test('an open view: none after giving it up (RULES.md A.12)', () => {
    const core = new Core();
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    assert.deepEqual(asked(core.fire('view')), ['timeout 1']);
    assert.deepEqual(asked(core.hold(B1)), []);
    assert.deepEqual(asked(core.learn(certify('prepare', B1))), []);
    assert.deepEqual(asked(core.learn(certify('pre-commit', B1))), []);
  });

  test('a vote that comes back signed after giving up is not sent', () => {
    const core = new Core();
    const statement = onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE));
    core.fire('view');
    assert.deepEqual(sent(core.signed(statement)), []);
  });

  test('the view of the certificate: one of a view before makes no vote (RULES.md A.13)', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    assert.deepEqual(
      asked(core.offer(1, { kind: 'certificate', certificate: certify('pre-commit', B1) })),
      [],
    );
    assert.equal(core.state.locked?.view, 1n);
  });
});

describe('safeNode (HS-16)', () => {
  test('a block that extends the lock gets a vote', () => {
    const core = lockedInView2();
    assert.deepEqual(asked(core.receiveProposal(blockOn(B1, 2), certify('prepare', B1))), ['prepare 2']);
  });

  test('a block beside the lock with an older justification gets none', () => {
    const core = lockedInView2();
    core.receive(2, proposalOf(blockOn(GENESIS, 2), GENESIS_PREPARE));
    assert.deepEqual(asked(core.hold(blockOn(GENESIS, 2))), []);
  });

  test('a block beside the lock gets none when its justification is as old as the lock', () => {
    const core = lockedInView2();
    const beside = blockOn(OTHER1, 2);
    core.receive(2, proposalOf(beside, certify('prepare', OTHER1)));
    assert.deepEqual(asked(core.hold(beside)), []);
  });

  test('a block beside the lock gets none either when its justification is as high as the lock, or higher', () => {
    const core = new Core();
    const branch = blockOn(OTHER1, 2);
    const lock = blockOn(GENESIS, 3);
    core.learn(certify('pre-commit', lock));
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(3) });
    const grown = blockOn(branch, 4);
    core.receive(0, proposalOf(grown, certify('prepare', branch)));
    assert.equal(core.state.locked?.digest, lock.digest);
    assert.deepEqual(asked(core.hold(grown)), []);
  });

  test('a block beside the lock with a newer justification gets a vote', () => {
    const core = lockedInView2();
    const other2 = blockOn(GENESIS, 2);
    const justify = certify('prepare', other2);
    core.receive(1, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(2, justify) });
    assert.equal(core.state.view, 3n);
    assert.deepEqual(asked(core.receiveProposal(blockOn(other2, 3), justify)), ['prepare 3']);
  });

  test('a lock taken while the block is judged still counts', () => {
    const core = new Core();
    core.receive(2, newerView());
    const plain = blockOn(GENESIS, 2);
    core.receive(2, proposalOf(plain, GENESIS_PREPARE));
    core.learn(certify('pre-commit', B1));
    assert.deepEqual(asked(core.hold(plain)), []);
  });

  function newerView() {
    return { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) } as const;
  }
});

describe('proposals before their view', () => {
  test('wait for the view however quickly they come, and are then judged and voted (HS-43)', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    const b2 = blockOn(B1, 2);
    assert.deepEqual(kinds(core.receive(2, proposalOf(b2, certify('prepare', B1)))), []);
    const effects = core.learn(certify('commit', B1));
    assert.ok(kinds(effects).includes('check'));
    assert.deepEqual(asked(core.hold(b2)), ['prepare 2']);
  });

  test('only the first of each view is kept', () => {
    const core = new Core();
    core.receive(2, proposalOf(blockOn(GENESIS, 2), GENESIS_PREPARE));
    const other = proposalOf(blockOn(GENESIS, 2, { salt: 1 }), GENESIS_PREPARE);
    assert.equal(core.judge(2, other), 'equivocation');
  });
});
