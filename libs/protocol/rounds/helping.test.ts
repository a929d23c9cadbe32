import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
  roundVote,
  saidIn,
} from '#test/support/rounds/rounds-harness.ts';
import type { RecoveryAnswer, RecoveryRequest } from './message.ts';

const B1 = roundBlock(GENESIS);
const B2 = roundBlock(B1, 0, { proposer: 1 });

const request = (core: RoundsCore, part: Partial<RecoveryRequest> = {}): RecoveryRequest => ({
  ...{ kind: 'request', height: core.at.height, view: core.at.view, hasProposal: false, have: new Map() },
  ...part,
});

function answersOf(core: RoundsCore, part: Partial<RecoveryRequest> = {}): readonly RecoveryAnswer[] {
  return messagesIn(core.receive(3, request(core, part))).map((message) =>
    message.kind === 'recovery' ? message : assert.fail(message.kind),
  );
}

/** Member 2 in view 0 with a proposal, three first votes and a leave. */
function informed(): RoundsCore {
  const core = new RoundsCore({ me: 2 });
  core.signAll(core.propose(B1));
  core.votes('prepare', B1, [0]);
  core.receive(1, roundLeave(1));
  return core;
}

describe('a member that is behind', () => {
  test('gets the newest decision, in whichever earlier height it speaks', () => {
    const core = new RoundsCore({ me: 2 });
    core.final(B1);
    core.final(B2);
    for (const message of [roundVote(1, 'prepare', B1), roundLeave(1), roundProposal(B1, { member: 1 })]) {
      const [told] = messagesIn(core.offer(1, message));
      assert.ok(told?.kind === 'certificate');
      assert.deepEqual([told.certificate.kind, told.certificate.height], ['commit', 2n]);
    }
  });

  test('gets nothing for a late vote of the newest block, which others are late with in every height', () => {
    const core = new RoundsCore({ me: 2 });
    core.final(B1);
    assert.equal(core.judge(1, roundVote(1, 'commit', B1)), 'stale');
    assert.deepEqual(core.offer(1, roundVote(1, 'commit', B1)), []);
    assert.deepEqual(saidIn(core.offer(1, roundLeave(1))), ['certificate 1']);
  });

  test('gets the proof that its view is over, once it leaves that', () => {
    const core = new RoundsCore({ me: 2 });
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    assert.deepEqual(saidIn(core.offer(3, roundLeave(3))), ['left 3']);
    assert.deepEqual(saidIn(core.offer(3, request(core, { view: B1.header.view }))), ['left 3']);
  });

  test('gets the decision that this member knows, while its block is not final here yet', () => {
    const core = informed();
    core.votes('commit', B1, [0, 1, 3]);
    assert.deepEqual(saidIn(core.offer(3, roundLeave(3))), ['certificate 3']);
    assert.deepEqual(saidIn(core.offer(3, request(core))), ['certificate 3']);
  });

  test('is told nothing of the root, whose certificate has no signature', () => {
    const core = new RoundsCore({ me: 2 });
    assert.deepEqual(core.offer(3, roundLeave(3, { height: 0n })), []);
  });
});

describe('a request', () => {
  test('is answered with the signed statements that its sender lacks, its own left out', () => {
    const said = (answers: readonly RecoveryAnswer[]) =>
      answers.map(({ statements }) => statements.map(({ kind, member }) => `${kind} ${member}`));
    const all = said(answersOf(informed()));
    assert.deepEqual(all, [['vote 2', 'vote 0', 'leave 1'], ['proposal 0']], 'votes wait for no transaction');
    const less = answersOf(informed(), {
      hasProposal: true,
      have: new Map([
        ['prepare', Uint8Array.of(0b0100)],
        ['view-change', Uint8Array.of(0b0010)],
      ]),
    });
    assert.deepEqual(said(less), [['vote 0']]);
  });

  test('is answered once until the next repetition, and not with nothing', () => {
    const core = informed();
    assert.notDeepEqual(answersOf(core), []);
    assert.equal(core.judge(3, request(core)), 'duplicate');
    core.fire('resend');
    assert.notDeepEqual(answersOf(core), []);
    assert.deepEqual(answersOf(new RoundsCore({ me: 2 })), []);
  });

  test('that names kinds or members that there are not is refused', () => {
    const core = informed();
    for (const [kind, bits] of [
      ['pre-commit', Uint8Array.of(1)],
      ['prepare', Uint8Array.of(0b1_0000)],
      ['prepare', Uint8Array.of(1, 0)],
    ] as const) {
      assert.equal(core.judge(3, request(core, { have: new Map([[kind, bits]]) })), 'malformed');
    }
  });

  test('goes to f + 1 members after the others, with each repetition', () => {
    const core = new RoundsCore({ me: 2 });
    const asked = [0, 1, 2].map(() =>
      saidIn(core.fire('resend')).filter((each) => each.startsWith('request')),
    );
    assert.deepEqual(asked, [
      ['request 3', 'request 0'],
      ['request 1', 'request 3'],
      ['request 0', 'request 1'],
    ]);
  });

  test('goes to a member that comes up, with all that was said in this view', () => {
    const core = informed();
    assert.deepEqual(saidIn(core.step({ kind: 'peer', member: roundVote(3, 'prepare', B1).member })), [
      'request 3',
      'vote 3',
    ]);
  });
});

describe('an answer', () => {
  const { height, view } = roundVote(0, 'prepare', B1);
  const answer = (...statements: RecoveryAnswer['statements']): RecoveryAnswer => ({
    kind: 'recovery',
    ...{ height, view, statements },
  });

  test('is cut to what one message can carry: who lacks more asks again', () => {
    const core = new RoundsCore({ me: 2 });
    const large = (member: number) => ({
      ...roundVote(member, 'prepare', B1),
      signature: new Uint8Array(5 << 20),
    });
    for (const member of [0, 1]) core.receive(member, large(member));
    assert.deepEqual(
      answersOf(core).map(({ statements }) => statements.length),
      [1],
    );
  });

  test('counts as its statements do, each of its author', () => {
    const core = new RoundsCore({ me: 2 });
    const votes = [0, 1, 3].map((member) => roundVote(member, 'prepare', B1));
    const effects = core.receive(3, answer(roundProposal(B1), ...votes));
    assert.ok(effectKinds(effects).includes('check'));
    assert.deepEqual(askedFor(core.judged(B1)), ['prepare 1/0', 'commit 1/0']);
  });

  test('is refused where nothing in it is news, where it is too long, or of several views', () => {
    const core = new RoundsCore({ me: 2 });
    const vote = roundVote(1, 'prepare', B1);
    assert.equal(core.judge(3, answer()), 'duplicate');
    assert.equal(core.judge(3, answer(vote, roundVote(1, 'prepare', B1, 1))), 'malformed');
    assert.equal(core.judge(3, answer(...Array.from({ length: 14 }, () => vote))), 'oversized');
    core.receive(3, answer(vote));
    assert.equal(core.judge(3, answer(vote)), 'duplicate');
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    assert.equal(core.judge(3, answer(vote)), 'stale');
  });

  test('takes no second vote of a member into the count', () => {
    const core = new RoundsCore({ me: 2 });
    const vote = roundVote(1, 'prepare', B1);
    const other = { ...vote, digest: B2.digest };
    core.receive(3, answer(vote, other, vote));
    assert.deepEqual([...(core.at.votes.get('0 prepare')?.values() ?? [])], [vote]);
  });
});

describe('a certificate that somebody shows', () => {
  const core = () => new RoundsCore({ me: 2 });
  const judge = (certificate: ReturnType<typeof certifiedIn>) =>
    core().judge(1, { kind: 'certificate', certificate });

  test('is of a quorum, prepared in this height or deciding in this or a later one', () => {
    assert.equal(judge(certifiedIn('prepare', B1)), 'ok');
    assert.equal(judge(certifiedIn('commit', B2)), 'ok');
    assert.equal(judge(certifiedIn('prepare', B2)), 'far-future');
    assert.equal(judge(certifiedIn('commit', B1, { signers: [0, 1] })), 'invalid');
    assert.equal(judge({ ...certifiedIn('prepare', B1), kind: 'view-change' }), 'invalid');
    assert.equal(judge({ ...certifiedIn('commit', B2), instance: 1n }), 'invalid');
    assert.equal(judge({ ...certifiedIn('commit', GENESIS) }), 'stale');
  });

  test('is refused when it is known', () => {
    const member = core();
    const certificate = certifiedIn('prepare', B1);
    member.receive(1, { kind: 'certificate', certificate });
    assert.equal(member.judge(1, { kind: 'certificate', certificate }), 'duplicate');
  });
});
