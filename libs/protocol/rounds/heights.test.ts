import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  askedFor,
  certifiedIn,
  effectKinds,
  finalBlock,
  leftIn,
  messagesIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  roundProposal,
  roundVote,
  saidIn,
  statementsOf,
} from '#test/support/rounds/rounds-harness.ts';

const B1 = roundBlock(GENESIS);
const B2 = roundBlock(B1, 0, { proposer: 1 });
const B3 = roundBlock(B2, 0, { proposer: 2 });

describe('a restart', () => {
  test('asks for the first vote again when its proposal comes again, and for no other', () => {
    const core = new RoundsCore({ me: 2 });
    const asked = statementsOf(core.propose(B1));
    const same = core.restarted();
    assert.deepEqual(askedFor(same.effects), [], 'the grounds are gone until then');
    assert.deepEqual(statementsOf(same.propose(B1)), asked);
    const other = core.restarted();
    assert.deepEqual(askedFor(other.propose(roundBlock(GENESIS, 0, { salt: 1 }))), []);
  });

  test('asks for the deciding vote at once, with its certificate, and for no first vote after it', () => {
    const core = new RoundsCore({ me: 2 });
    core.propose(B1);
    core.votes('prepare', B1, [0, 1, 3]);
    const again = core.restarted();
    const [sign] = again.effects.filter(({ kind }) => kind === 'sign');
    assert.ok(sign?.kind === 'sign');
    assert.deepEqual([sign.statement.kind, sign.grounds.certificate?.digest], ['commit', B1.digest]);
    assert.deepEqual(askedFor(again.propose(B1)), []);
    assert.deepEqual(askedFor(again.restarted().propose(B1)), [], 'nor after another restart');
  });

  test('asks for the leave again, and for nothing else of its view', () => {
    const core = new RoundsCore({ me: 2 });
    core.propose(B1);
    core.votes('prepare', B1, [0, 1, 3]);
    const left = statementsOf(core.fire('round'));
    const again = core.restarted();
    assert.deepEqual(statementsOf(again.effects), left);
    assert.equal(again.judge(0, roundProposal(B1)), 'stale');
    assert.deepEqual(askedFor(again.fire('resend')), ['view-change 1/0'], 'until it is signed');
    again.signed(left[0] ?? assert.fail());
    assert.deepEqual(askedFor(again.fire('resend')), []);
  });

  test('goes on in its view, and with what it prepared', () => {
    const core = new RoundsCore({ me: 2 });
    core.propose(B1);
    core.votes('prepare', B1, [0, 1, 3]);
    core.receive(1, { kind: 'left', leave: leftIn(0, certifiedIn('prepare', B1)) });
    const again = core.restarted();
    assert.deepEqual([again.at.view, again.at.prepared?.digest, again.at.entered?.view], [1n, B1.digest, 0n]);
    assert.equal(again.judge(0, roundProposal(B1)), 'stale');
  });

  test('commits again what was decided, for the chain store may not have had it', () => {
    const core = new RoundsCore({ me: 2 });
    core.propose(B1);
    core.votes('commit', B1, [0, 1, 3]);
    assert.ok(effectKinds(core.restarted().effects).includes('commit'));
    assert.equal(
      core.restarted({ tip: B1 }).effects.some(({ kind }) => kind === 'commit'),
      false,
    );
  });

  test('drops the record of a height that is final', () => {
    const core = new RoundsCore({ me: 2 });
    core.propose(B1);
    const again = core.restarted({ tip: B1 });
    assert.deepEqual([again.at.height, again.at.view, again.at.signed.length], [2n, 0n, 0]);
  });

  test('says nothing below the height of its record, writes no older one, and goes on when it comes to that height', () => {
    const core = new RoundsCore({ me: 3, tip: B1 });
    core.propose(B2, { member: 1 });
    const { record } = core;
    const lost = new RoundsCore({ me: 3, restored: record });
    assert.deepEqual(askedFor(lost.propose(B1)), []);
    assert.deepEqual(askedFor(lost.fire('round')), []);
    const decided = lost.receive(1, { kind: 'certificate', certificate: certifiedIn('commit', B1) });
    assert.deepEqual(effectKinds(decided).includes('persist'), false);
    lost.final(B1);
    assert.deepEqual(lost.at.signed, record.signed);
  });
});

describe('a height', () => {
  test('is not open before the first final block: nothing is heard, nothing said', () => {
    const core = new RoundsCore();
    const { state } = new RoundsCore({ me: 2 });
    assert.equal(effectKinds(core.effects)[0], 'entered');
    assert.deepEqual([state.at.height, state.tip?.digest], [1n, GENESIS.digest]);
  });

  test('opens by synchronisation too, and a final block below changes nothing', () => {
    const core = new RoundsCore({ me: 2 });
    core.step({ kind: 'final', ...finalBlock(B2) });
    assert.equal(core.at.height, 3n);
    assert.deepEqual(core.final(B1), []);
    assert.deepEqual(core.final(B2), []);
    assert.equal(core.at.height, 3n);
  });

  test('is decided by a certificate of a later one, for its block has this one among its ancestors', () => {
    const core = new RoundsCore({ me: 2 });
    const effects = core.receive(1, { kind: 'certificate', certificate: certifiedIn('commit', B3) });
    assert.ok(effectKinds(effects).includes('commit'));
    assert.deepEqual(askedFor(core.fire('round')), [], 'nothing more is said of it');
    assert.equal(core.judge(1, { kind: 'certificate', certificate: certifiedIn('commit', B2) }), 'duplicate');
  });

  test('shows its signer the block that it stands on, except the root of the epoch', () => {
    const core = new RoundsCore({ me: 2 });
    const groundsIn = (effects: readonly RoundsCore['effects'][number][]) =>
      effects.flatMap((each) => (each.kind === 'sign' ? [each.grounds] : []));
    assert.equal(groundsIn(core.propose(B1))[0]?.opening, undefined);
    core.final(B1);
    const [grounds] = groundsIn(core.propose(B2, { member: 1 }));
    assert.deepEqual([grounds?.opening?.header, grounds?.entry?.commit.height], [B1.header, 1n]);
  });
});

describe('statements of the next height', () => {
  test('are kept, and count when it opens: no repetition is waited for', () => {
    const core = new RoundsCore({ me: 3 });
    core.propose(B1);
    core.receive(1, roundProposal(B2, { member: 1 }));
    core.votes('prepare', B2, [0, 1, 2]);
    core.votes('commit', B2, [1, 2]);
    assert.equal(core.at.votes.size, 0);
    const effects = core.final(B1);
    assert.ok(effectKinds(effects).includes('check'));
    assert.equal(core.state.early.size, 0);
    assert.deepEqual(askedFor(core.judged(B2)), ['prepare 2/0', 'commit 2/0']);
  });

  test('are judged again when it opens: its leader is known only then', () => {
    const other = roundBlock(GENESIS, 1);
    const core = new RoundsCore({ me: 3 });
    core.propose(other, { view: 1, leave: leftIn(0) });
    core.receive(2, roundProposal(roundBlock(other, 0, { proposer: 2 }), { member: 2 }));
    core.final(B1);
    assert.deepEqual([core.state.early.size, core.at.proposal], [0, undefined]);
  });

  test('that propose are kept of those alone who lead upon a block that was proposed here: blocks are large', () => {
    const core = new RoundsCore({ me: 3 });
    assert.equal(core.judge(1, roundProposal(B2, { member: 1 })), 'far-future');
    core.propose(B1);
    assert.equal(core.judge(1, roundProposal(B2, { member: 1 })), 'ok');
    assert.equal(
      core.judge(2, roundProposal(roundBlock(B1, 0, { proposer: 2 }), { member: 2 })),
      'far-future',
    );
  });

  test('are one of each member, kind and view, of a few views, and bounded', () => {
    const core = new RoundsCore({ me: 3 });
    core.propose(B1);
    core.receive(1, roundProposal(B2, { member: 1 }));
    for (const view of [0, 1, 2, 3]) {
      for (const step of ['prepare', 'commit']) core.receive(1, roundVote(1, step, B2, view));
      core.receive(1, roundLeave(1, { view, height: 2n }));
    }
    assert.equal(core.state.early.size, 13);
    assert.equal(core.judge(1, roundVote(1, 'prepare', roundBlock(B1, 0, { salt: 3 }))), 'duplicate');
    assert.equal(core.judge(1, roundVote(1, 'prepare', B2, 4)), 'far-future');
    assert.equal(core.judge(2, roundVote(1, 'prepare', B2)), 'wrong-sender');
    assert.equal(core.judge(2, roundVote(2, 'view-change', B2)), 'malformed');
    assert.equal(
      core.judge(2, roundLeave(2, { height: 2n, prepared: certifiedIn('prepare', B2, { signers: [0] }) })),
      'invalid',
    );
    assert.equal(
      core.judge(2, { ...roundProposal(B2, { member: 2, view: 1 }), block: { ...B2, digest: B1.digest } }),
      'invalid',
    );
  });

  test('that could not be kept are asked for as soon as the height opens, of a few members', () => {
    const core = new RoundsCore({ me: 3 });
    assert.deepEqual(saidIn(core.offer(1, roundProposal(B2, { member: 1 }))), ['request 1']);
    assert.deepEqual(saidIn(core.final(B1)), ['request 1']);
    const informed = new RoundsCore({ me: 3 });
    informed.propose(B1);
    informed.offer(2, roundVote(2, 'prepare', B3));
    informed.receive(1, roundProposal(B2, { member: 1 }));
    assert.deepEqual(saidIn(informed.final(B1)), [], 'nothing is missing');
    const many = new RoundsCore({ me: 6, members: 7 });
    for (const member of [0, 1, 2, 4]) many.offer(member, roundVote(member, 'prepare', B3));
    assert.deepEqual(saidIn(many.final(B1)), ['request 0', 'request 1', 'request 2']);
  });

  test('of a height after the next are refused, and their sender is asked once how far it is', () => {
    const core = new RoundsCore({ me: 3 });
    assert.equal(core.judge(1, roundVote(1, 'prepare', B3)), 'far-future');
    assert.deepEqual(saidIn(core.offer(1, roundVote(1, 'prepare', B3))), ['request 1']);
    assert.deepEqual(saidIn(core.offer(1, roundVote(1, 'commit', B3))), []);
    assert.deepEqual(messagesIn(core.offer(2, roundVote(2, 'commit', B3)))[0]?.kind, 'request');
  });
});
