import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  askedFor,
  certifiedIn,
  effectKinds,
  RoundsCore,
  type RoundsCoreFacts,
  roundBlock,
  roundLeave,
  roundProposal,
  saidIn,
} from '#test/support/rounds/rounds-harness.ts';
import { host } from '../hosting/host.ts';
import { dbft } from './dbft.ts';
import { DBFT_DESCRIPTION } from './description.ts';

/** Of four members: height 1 is led by member 1 in view 0, and by member 0 in view 1. */
const B1 = roundBlock(GENESIS, 0, { proposer: 1 });
const core = (facts: RoundsCoreFacts = {}) => new RoundsCore({ me: 2, module: dbft, ...facts });
/** The block of view 0 is prepared here: the PRE-COMMIT is asked for, and said. */
function prepared(facts: RoundsCoreFacts = {}) {
  const member = core(facts);
  member.signAll(member.propose(B1, { member: 1 }));
  member.signAll(member.votes('prepare-response', B1, [1, 3]));
  return member;
}

describe('dBFT', () => {
  test('can be hosted: its table has no fault', () => {
    const { id, votes } = host(DBFT_DESCRIPTION);
    assert.deepEqual([id, votes.prepared, votes.decides], ['dbft', 'prepare-response', 'commit']);
  });

  test('is led by the member of the height minus the view', () => {
    const member = core();
    const leaders = [dbft.snapshot(member.state).leader];
    member.final(B1);
    leaders.push(dbft.snapshot(member.state).leader);
    assert.deepEqual(leaders, [1, 2]);
    assert.equal(core().judge(2, roundProposal(B1, { member: 2 })), 'wrong-sender');
  });

  test('N3-3.K1 takes three votes: a response to the block, a PRE-COMMIT on the responses of a quorum, a COMMIT on its PRE-COMMITs', () => {
    const member = core();
    const phases = () => dbft.snapshot(member.state).phase;
    const shown = [phases()];
    assert.deepEqual(askedFor(member.propose(B1, { member: 1 })), ['prepare-response 1/0']);
    shown.push(phases());
    assert.deepEqual(askedFor(member.votes('prepare-response', B1, [1, 3, 0])), ['pre-commit 1/0']);
    shown.push(phases());
    assert.deepEqual(askedFor(member.votes('pre-commit', B1, [1, 3])), [], 'two are no quorum');
    assert.deepEqual(askedFor(member.votes('pre-commit', B1, [0])), ['commit 1/0']);
    shown.push(phases());
    const decided = member.votes('commit', B1, [0, 1, 3]);
    assert.ok(effectKinds(decided).includes('commit'));
    shown.push(phases());
    assert.deepEqual(shown, ['waiting', 'prepare-response', 'pre-commit', 'commit', 'storing']);
  });

  test('N3-3.K1 gives no COMMIT before the PRE-COMMITs of a quorum, however many COMMITs others gave', () => {
    const member = prepared();
    assert.deepEqual(askedFor(member.votes('commit', B1, [0, 1])), []);
    assert.deepEqual(
      member.at.signed.map(({ kind }) => kind),
      ['prepare-response', 'pre-commit'],
    );
  });

  test('counts PRE-COMMITs of others before it is prepared itself, and then gives the later vote alone', () => {
    const member = core();
    member.receive(1, roundProposal(B1, { member: 1 }));
    assert.deepEqual(askedFor(member.votes('pre-commit', B1, [0, 1, 3])), [], 'the block is not judged yet');
    assert.deepEqual(askedFor(member.judged(B1)), ['prepare-response 1/0', 'commit 1/0']);
    assert.deepEqual(askedFor(member.votes('prepare-response', B1, [0, 1, 3])), [], 'no vote goes back');
  });

  test('gives no COMMIT for a block that it does not hold, although the leader gave it another one that is valid', () => {
    const other = roundBlock(GENESIS, 0, { proposer: 1, salt: 1 });
    const member = core();
    member.receive(1, roundProposal(other, { member: 1 }));
    assert.ok(effectKinds(member.votes('pre-commit', B1, [0, 1, 3])).includes('fetch'));
    assert.deepEqual(askedFor(member.judged(other)), ['prepare-response 1/0']);
    assert.deepEqual(askedFor(member.judged(B1)), ['commit 1/0']);
  });

  test('asks for the block of PRE-COMMITs whose proposal it never saw, and shows their certificate to all', () => {
    const member = core();
    const effects = member.votes('pre-commit', B1, [0, 1, 3]);
    assert.ok(effectKinds(effects).includes('fetch'));
    assert.ok(saidIn(effects).includes('certificate all'));
  });

  test('takes a certificate of PRE-COMMITs that another member shows, once, of this view or a later one', () => {
    const member = prepared();
    const notice = { kind: 'certificate', certificate: certifiedIn('pre-commit', B1) } as const;
    assert.deepEqual(askedFor(member.receive(3, notice)), ['commit 1/0']);
    assert.equal(member.judge(3, notice), 'duplicate');
    const later = { kind: 'certificate', certificate: certifiedIn('pre-commit', B1, { view: 2 }) } as const;
    member.receive(3, later);
    assert.equal(member.at.view, 2n);
    assert.equal(member.judge(3, notice), 'stale');
    const proposal = { kind: 'certificate', certificate: certifiedIn('prepare-request', B1) } as const;
    assert.equal(member.judge(3, proposal), 'invalid');
  });

  test('lets a view end that a COMMIT was given in: the member carries what it prepared, and the next leader proposes that', () => {
    const committed = prepared();
    committed.signAll(committed.votes('pre-commit', B1, [1, 3]));
    assert.deepEqual(committed.at.signed.at(-1)?.kind, 'commit');
    const left = committed.fire('round');
    assert.deepEqual(askedFor(left), ['change-view 1/0']);
    const high = committed.at.left?.prepared;
    assert.equal(high?.digest, B1.digest);

    // The two honest members that never heard of the PRE-COMMITs, and the silent one: dBFT 2.0 stands still here.
    const next = core({ me: 0 });
    next.signAll(next.fire('round'));
    next.receive(3, roundLeave(3));
    const effects = next.receive(2, roundLeave(2, { prepared: high }));
    assert.equal(next.at.view, 1n);
    assert.ok(effectKinds(effects).includes('fetch'), 'it looks for the reported block');
    assert.deepEqual(askedFor(next.judged(B1)), ['prepare-request 1/1', 'prepare-response 1/1']);
  });

  test('N3-3.K5 gives a view up as soon as its block is found to be invalid', () => {
    const member = core();
    member.receive(1, roundProposal(B1, { member: 1 }));
    const effects = member.judged(B1, false);
    assert.deepEqual(askedFor(effects), ['change-view 1/0']);
    const failure = effects.find((effect) => effect.kind === 'failed');
    assert.equal(failure?.failure.cause, 'refused');
  });

  test('N3-3.R3 asks again after a crash for the PRE-COMMIT at once, and for the COMMIT when PRE-COMMITs have come again', () => {
    const member = prepared();
    member.signAll(member.votes('pre-commit', B1, [1, 3]));
    const restarted = member.restarted();
    assert.deepEqual(askedFor(restarted.effects), ['pre-commit 1/0']);
    restarted.signAll(restarted.effects);
    assert.deepEqual(askedFor(restarted.votes('pre-commit', B1, [1, 3])), ['commit 1/0']);
  });
});
