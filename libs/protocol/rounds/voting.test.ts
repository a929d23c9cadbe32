import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  askedFor,
  certifiedIn,
  effectKinds,
  leftIn,
  RoundsCore,
  roundBlock,
  roundLeave,
  roundProposal,
  roundVote,
  saidIn,
  statementsOf,
} from '#test/support/rounds/rounds-harness.ts';

const B1 = roundBlock(GENESIS);
const OTHER = roundBlock(GENESIS, 0, { salt: 1 });
const SECOND = roundBlock(GENESIS, 1);

/** Member 2 of four: member 0 leads view 0 of height 1. */
const follower = () => new RoundsCore({ me: 2 });

describe('a height that goes well', () => {
  test('TW-2.3.2 TW-2.3.3: takes three steps: the block is checked, prepared by a quorum, and decided by a quorum', () => {
    const core = follower();
    assert.ok(effectKinds(core.receive(0, roundProposal(B1))).includes('check'));
    const first = core.judged(B1);
    assert.deepEqual(askedFor(first), ['prepare 1/0']);
    assert.deepEqual(saidIn(core.signAll(first)), ['vote all']);
    assert.deepEqual(askedFor(core.votes('prepare', B1, [0])), []);
    const second = core.votes('prepare', B1, [1]);
    assert.deepEqual(askedFor(second), ['commit 1/0']);
    core.signAll(second);
    assert.deepEqual(effectKinds(core.votes('commit', B1, [0])), []);
    const decided = core.votes('commit', B1, [3]);
    assert.deepEqual(effectKinds(decided).slice(0, 2), ['persist', 'commit']);
    assert.equal(core.at.decided?.digest, B1.digest);
  });

  test('and the next one opens when its block is final, with nothing of the one before', () => {
    const core = follower();
    core.propose(B1);
    core.votes('commit', B1, [0, 1, 3]);
    core.final(B1);
    const { height, view, proposal, prepared, decided, signed, outbox, votes, leaves } = core.at;
    assert.deepEqual(
      [height, view, votes.size, leaves.size, signed.length, outbox.length],
      [2n, 0n, 0, 0, 0, 0],
    );
    assert.deepEqual([proposal, prepared, decided], [undefined, undefined, undefined]);
  });

  test('by as many as there are: one member decides alone, and asks nobody', () => {
    const core = new RoundsCore({ me: 0, members: 1 });
    const built = core.step({ kind: 'built', position: { instance: 1n, view: B1.header.view }, block: B1 });
    const effects = core.signAll(built);
    assert.ok(effectKinds(effects).includes('commit'));
    assert.equal(core.at.decided?.signatures.length, 1);
  });
});

describe('the first vote', () => {
  test('is given to one block of a view: a second proposal is its leader’s contradiction', () => {
    const core = follower();
    core.propose(B1);
    assert.equal(core.judge(0, roundProposal(OTHER)), 'equivocation');
    assert.equal(core.judge(0, roundProposal(B1)), 'duplicate');
    assert.deepEqual(askedFor(core.judged(B1)), []);
  });

  test('is not given to an invalid block, nor before it is judged', () => {
    const core = follower();
    assert.deepEqual(askedFor(core.receive(0, roundProposal(B1))), []);
    assert.deepEqual(askedFor(core.judged(B1, false)), []);
    assert.equal(core.at.standing.get(B1.digest), 'invalid');
  });

  test('asks once more about a block that is proposed again, when the answer of the view before never came', () => {
    const core = follower();
    core.receive(0, roundProposal(B1));
    const left = leftIn(0, certifiedIn('prepare', B1));
    core.receive(3, { kind: 'left', leave: left });
    const again = core.receive(1, roundProposal(B1, { view: 1, leave: left }));
    assert.equal(effectKinds(again).filter((kind) => kind === 'check').length, 1);
    assert.deepEqual(askedFor(core.judged(B1)), ['prepare 1/1']);
  });

  test('is not given after the view was left', () => {
    const core = follower();
    core.receive(0, roundProposal(B1));
    assert.deepEqual(askedFor(core.fire('round')), ['view-change 1/0']);
    assert.deepEqual(askedFor(core.judged(B1)), []);
  });

  test('is recorded with the very effect that asks for it', () => {
    const core = follower();
    core.propose(B1);
    assert.deepEqual(
      core.record.signed.map(({ kind, block }) => [kind, block?.digest]),
      [['prepare', B1.digest]],
    );
  });

  test('is none of a node that only watches, which still learns the decision', () => {
    const core = new RoundsCore({ me: 'watcher' });
    core.receive(0, roundProposal(B1));
    assert.deepEqual(askedFor(core.judged(B1)), []);
    assert.ok(effectKinds(core.votes('commit', B1, [0, 1, 3])).includes('commit'));
  });
});

describe('the deciding vote', () => {
  test('needs no proposal: a quorum of first votes proves the block, which is fetched', () => {
    const core = follower();
    const effects = core.votes('prepare', B1, [0, 1, 3]);
    assert.ok(effectKinds(effects).includes('fetch'));
    assert.equal(core.at.prepared, undefined, 'not before the block is held');
    assert.deepEqual(askedFor(core.judged(B1)), ['commit 1/0']);
    assert.equal(core.record.prepared?.digest, B1.digest);
  });

  test('asks for the block in each view whose certificate wants it, and not in one whose proposal is being judged', () => {
    const core = follower();
    const fetches = (view: number) => {
      const kinds = effectKinds(core.votes('prepare', B1, [0, 1, 3], view));
      return kinds.filter((kind) => kind === 'fetch').length;
    };
    core.receive(0, roundProposal(B1));
    assert.equal(fetches(0), 0);
    assert.equal(fetches(1), 1);
    assert.deepEqual(askedFor(core.judged(B1)), ['commit 1/1']);
  });

  test('is not followed by a first vote, when the proposal comes after all', () => {
    const core = follower();
    core.votes('prepare', B1, [0, 1, 3]);
    core.judged(B1);
    core.receive(0, roundProposal(B1));
    assert.deepEqual(askedFor(core.judged(B1)), []);
  });

  test('is said also when others decided while it was being signed, for somebody may lack just this one', () => {
    const core = follower();
    core.propose(B1);
    const [commit] = statementsOf(core.votes('prepare', B1, [0, 1, 3]));
    assert.ok(commit !== undefined);
    core.votes('commit', B1, [0, 1, 3]);
    assert.deepEqual(saidIn(core.signed(commit)), ['vote all']);
    core.final(B1);
    assert.deepEqual(saidIn(core.signed(commit)), ['vote all']);
    assert.equal(core.at.outbox.length, 0);
  });

  test('is cast in the view of its certificate alone', () => {
    const core = follower();
    core.propose(B1);
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    assert.equal(core.at.view, 1n);
    assert.equal(core.judge(3, { kind: 'certificate', certificate: certifiedIn('prepare', B1) }), 'ok');
    core.receive(3, { kind: 'certificate', certificate: certifiedIn('prepare', B1) });
    assert.equal(core.at.prepared?.view, 0n, 'and the certificate is remembered');
    assert.deepEqual(
      askedFor(core.effects).filter((each) => each.startsWith('commit')),
      [],
    );
  });
});

describe('votes', () => {
  test('of two views are never added up', () => {
    const core = follower();
    core.propose(B1);
    core.votes('commit', B1, [0, 1], 0);
    core.receive(1, { kind: 'left', leave: leftIn(0, certifiedIn('prepare', B1)) });
    core.votes('commit', B1, [3], 1);
    assert.equal(core.at.decided, undefined);
  });

  test('of the deciding kind still count when the view has passed, and no others do', () => {
    const core = follower();
    core.votes('commit', B1, [0, 1]);
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    assert.equal(core.judge(3, roundVote(3, 'prepare', B1, 0)), 'stale');
    assert.ok(effectKinds(core.votes('commit', B1, [3], 0)).includes('commit'));
  });

  test('for two blocks of one view make no certificate', () => {
    const core = follower();
    core.votes('prepare', B1, [0, 1]);
    core.votes('prepare', OTHER, [3]);
    assert.equal(core.at.wanted, undefined);
    assert.equal(core.judge(3, roundVote(3, 'prepare', B1)), 'equivocation');
  });

  test('of a quorum that is in a later view bring this member there', () => {
    const core = follower();
    core.votes('prepare', SECOND, [0, 1, 3], 1);
    assert.equal(core.at.view, 1n);
    assert.deepEqual(askedFor(core.judged(SECOND)), ['commit 1/1']);
  });

  test('of kinds that are no votes, and of others than their sender, are refused', () => {
    const core = follower();
    for (const step of ['pre-prepare', 'view-change', 'toString', 'pre-commit']) {
      assert.equal(core.judge(1, roundVote(1, step, B1)), 'malformed');
    }
    assert.equal(core.judge(3, roundVote(1, 'prepare', B1)), 'wrong-sender');
    assert.equal(core.judge(1, roundVote(1, 'prepare', B1, 3)), 'far-future');
  });
});

describe('who says no vote of a kind that has a certificate', () => {
  const shown = (core: RoundsCore, step: string) =>
    saidIn(core.votes(step, B1, [0, 1, 3])).filter((said) => said.startsWith('certificate'));

  test('casts its first vote all the same, before the deciding one, and shows nothing', () => {
    const core = follower();
    core.receive(0, roundProposal(B1));
    assert.deepEqual(shown(core, 'prepare'), []);
    assert.deepEqual(askedFor(core.judged(B1)), ['prepare 1/0', 'commit 1/0']);
  });

  test('shows what is prepared to all where it never saw the proposal, and then casts the deciding vote', () => {
    const core = follower();
    core.votes('prepare', B1, [0, 1, 3]);
    const effects = core.judged(B1);
    assert.deepEqual(saidIn(effects), ['certificate all']);
    assert.deepEqual(askedFor(effects), ['commit 1/0']);
  });

  test('shows a decision that came before its deciding vote, once', () => {
    const core = follower();
    core.propose(B1);
    assert.deepEqual(shown(core, 'commit'), ['certificate all']);
    const late = { kind: 'certificate', certificate: certifiedIn('commit', B1) } as const;
    assert.notEqual(core.judge(1, late), 'ok');
  });

  test('shows none that it voted for, and none of an older view', () => {
    const core = follower();
    core.propose(B1);
    core.votes('prepare', B1, [0, 1, 3]);
    assert.deepEqual(shown(core, 'commit'), []);
    const later = follower();
    later.receive(1, { kind: 'left', leave: leftIn(0, certifiedIn('prepare', B1)) });
    assert.deepEqual(saidIn(later.judged(B1)), []);
  });
});

describe('a prepared certificate', () => {
  test('counts once its own block is valid, and no other', () => {
    const core = follower();
    core.receive(0, roundProposal(OTHER));
    core.votes('prepare', B1, [0, 1, 3]);
    core.judged(OTHER);
    const adopted = [core.at.prepared?.digest];
    core.judged(B1);
    adopted.push(core.at.prepared?.digest);
    assert.deepEqual(adopted, [undefined, B1.digest]);
  });

  test('makes a first vote impossible once the deciding one is cast', () => {
    const core = follower();
    core.votes('prepare', B1, [0, 1, 3]);
    assert.deepEqual(askedFor(core.judged(B1)), ['commit 1/0']);
    assert.deepEqual(askedFor(core.receive(0, roundProposal(B1))), []);
  });

  test('stays, whatever older one is shown in its place', () => {
    const core = follower();
    core.receive(1, { kind: 'left', leave: leftIn(0) });
    core.votes('prepare', SECOND, [0, 1, 3], 1);
    core.judged(SECOND);
    core.receive(3, roundLeave(3, { view: 1, entry: leftIn(0), prepared: certifiedIn('prepare', B1) }));
    core.judged(B1);
    assert.deepEqual([core.at.prepared?.view, core.at.wanted], [1n, undefined]);
  });
});
