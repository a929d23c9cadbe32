import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toView } from '#libs/chain/ids.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  askedFor,
  certifiedIn,
  effectKinds,
  leftIn,
  messagesIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  roundProposal,
} from '#test/support/rounds/rounds-harness.ts';

const B1 = roundBlock(GENESIS);
const SECOND = roundBlock(GENESIS, 1);
const at = (view: number, instance = 1n) => ({ instance, view: toView(BigInt(view)) });

describe('the leader', () => {
  test('of the first height of an epoch is member 0, and then the member after the last proposer', () => {
    const core = new RoundsCore({ me: 2 });
    assert.equal(core.judge(1, roundProposal(B1, { member: 1 })), 'wrong-sender');
    core.propose(B1);
    core.final(B1);
    const next = roundBlock(B1, 0, { proposer: 1 });
    assert.equal(core.judge(0, roundProposal(next, { member: 0 })), 'wrong-sender');
    assert.equal(core.judge(1, roundProposal(next, { member: 1 })), 'ok');
    assert.equal(
      core.judge(2, { ...roundProposal(next, { member: 2 }), member: core.at.height as never }),
      'wrong-sender',
    );
  });

  test('asks for a block when there is something to decide, and proposes and votes for it at once', () => {
    const core = new RoundsCore({ me: 0, work: false });
    assert.deepEqual(effectKinds(core.effects).includes('build'), false);
    const [build] = core.step({ kind: 'work', pending: true });
    assert.ok(build?.kind === 'build');
    assert.deepEqual([build.draft.parent, build.draft.height, build.draft.proposer], [GENESIS.digest, 1n, 0]);
    const effects = core.step({ kind: 'built', position: at(0), block: B1 });
    assert.deepEqual(askedFor(effects), ['pre-prepare 1/0', 'prepare 1/0']);
    const [proposal] = messagesIn(core.signAll(effects));
    assert.ok(proposal?.kind === 'proposal');
    assert.deepEqual([proposal.leave, proposal.block.digest], [undefined, B1.digest]);
  });

  test('proposes once in a view, also when it is restarted', () => {
    const core = new RoundsCore({ me: 0 });
    core.step({ kind: 'built', position: at(0), block: B1 });
    assert.deepEqual(askedFor(core.step({ kind: 'built', position: at(0), block: B1 })), []);
    const again = core.restarted();
    assert.equal(effectKinds(again.effects).includes('build'), false);
  });

  test('proposes nothing that came too late, of another height, or upon another block', () => {
    const core = new RoundsCore({ me: 0 });
    assert.deepEqual(askedFor(core.step({ kind: 'built', position: at(1), block: B1 })), []);
    assert.deepEqual(askedFor(core.step({ kind: 'built', position: at(0), block: GENESIS })), []);
    core.fire('round');
    assert.deepEqual(askedFor(core.step({ kind: 'built', position: at(0), block: B1 })), []);
  });
});

describe('the leader of a later view', () => {
  test('proposes the highest reported block, byte for byte, and not what it would have built', () => {
    const core = new RoundsCore({ me: 1 });
    core.receive(3, roundLeave(3, { prepared: certifiedIn('prepare', B1) }));
    const effects = core.signAll(core.receive(2, roundLeave(2)));
    assert.equal(core.at.view, 1n);
    assert.equal(effectKinds(effects).includes('build'), false);
    const asked = core.judged(B1);
    assert.deepEqual(askedFor(asked), ['pre-prepare 1/1', 'prepare 1/1']);
    const [proposal] = messagesIn(core.signAll(asked));
    assert.ok(proposal?.kind === 'proposal');
    assert.deepEqual(proposal.block, B1);
    assert.deepEqual([proposal.view, proposal.member, proposal.leave?.high?.digest], [1n, 1, B1.digest]);
  });

  test('not the block that it prepared itself, where the reports demand a later one', () => {
    const core = new RoundsCore({ me: 3 });
    core.propose(B1);
    core.votes('prepare', B1, [0, 1, 2]);
    assert.equal(core.at.prepared?.digest, B1.digest);
    const high = certifiedIn('prepare', SECOND);
    core.receive(1, { kind: 'left', leave: leftIn(2, high) });
    assert.ok(effectKinds(core.effects).includes('fetch'));
    core.signAll(core.judged(SECOND));
    const proposals = messagesIn(core.effects).filter(({ kind }) => kind === 'proposal');
    assert.deepEqual(
      proposals.map((each) => (each.kind === 'proposal' ? each.block.digest : '')),
      [SECOND.digest],
    );
  });

  test('builds a new block where nothing was reported, although it prepared nothing and has the proof alone', () => {
    const core = new RoundsCore({ me: 1 });
    const effects = core.receive(3, { kind: 'left', leave: leftIn(0) });
    assert.ok(effectKinds(effects).includes('build'));
    const [proposal] = messagesIn(core.signAll(core.step({ kind: 'built', position: at(1), block: SECOND })));
    assert.ok(proposal?.kind === 'proposal');
    assert.equal(proposal.leave?.view, 0n);
  });

  test('proposes nothing without the proof that the view before was left', () => {
    const core = new RoundsCore({ me: 1 });
    core.receive(3, { kind: 'certificate', certificate: certifiedIn('prepare', SECOND) });
    assert.equal(core.at.view, 1n);
    assert.equal(effectKinds(core.effects).includes('build'), false);
  });
});

describe('a proposal of a later view', () => {
  const high = certifiedIn('prepare', B1);
  const judge = (proposal: ReturnType<typeof roundProposal>) => new RoundsCore({ me: 2 }).judge(1, proposal);

  test('has the block that the reports demand, and is refused with any other', () => {
    assert.equal(judge(roundProposal(B1, { view: 1, leave: leftIn(0, high) })), 'ok');
    assert.equal(judge(roundProposal(SECOND, { leave: leftIn(0, high) })), 'invalid');
    assert.equal(judge(roundProposal(SECOND, { leave: leftIn(0) })), 'ok');
    assert.equal(judge(roundProposal(B1, { view: 1, leave: leftIn(0) })), 'invalid');
  });

  test('has the proof of the very view before, of this height, whole', () => {
    assert.equal(judge(roundProposal(SECOND)), 'invalid');
    const third = roundBlock(GENESIS, 2);
    const core = new RoundsCore({ me: 3 });
    assert.equal(core.judge(2, roundProposal(third, { leave: leftIn(0) })), 'invalid');
    assert.equal(core.judge(2, roundProposal(third, { leave: leftIn(1) })), 'ok');
    assert.equal(judge(roundProposal(SECOND, { leave: leftIn(0, undefined, 2n) })), 'invalid');
    const { shares } = leftIn(0);
    const thin = { ...leftIn(0), shares: shares.slice(1) };
    assert.equal(judge(roundProposal(SECOND, { leave: thin })), 'invalid');
    const hidden = { ...leftIn(0, high), high: undefined };
    assert.equal(judge(roundProposal(SECOND, { leave: hidden })), 'invalid');
  });

  test('is of a block of this view and this leader where it is new, upon the final block', () => {
    const leave = leftIn(0);
    assert.equal(judge(roundProposal(roundBlock(GENESIS, 1, { proposer: 3 }), { leave })), 'invalid');
    const older = roundBlock(GENESIS, 0, { proposer: 1 });
    assert.equal(judge(roundProposal(older, { view: 1, member: 1, leave })), 'invalid');
    const forged = { ...SECOND, digest: B1.digest };
    assert.equal(judge(roundProposal(forged, { leave })), 'invalid');
    const core = new RoundsCore({ me: 2 });
    const elsewhere = roundBlock({ ...GENESIS, digest: B1.digest });
    assert.equal(core.judge(0, roundProposal(elsewhere)), 'invalid');
    assert.equal(core.judge(0, roundProposal(B1, { leave })), 'invalid', 'nothing justifies the first view');
  });

  test('brings this member to its view, and gets its vote', () => {
    const core = new RoundsCore({ me: 2 });
    assert.deepEqual(askedFor(core.propose(B1, { view: 1, leave: leftIn(0, high) })), ['prepare 1/1']);
    assert.equal(core.at.view, 1n);
  });
});
