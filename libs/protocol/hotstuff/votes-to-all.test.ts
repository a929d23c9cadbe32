import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { Cluster } from '#test/support/hotstuff/hotstuff-cluster.ts';
import {
  asked,
  blockOn,
  Core,
  type CoreFacts,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  kinds,
  onlyStatement,
  sent,
  statementsIn,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { ownClaim } from './claims.ts';
import type { HotStuffEffect } from './state.ts';
import type { Phase } from './statements.ts';

const PHASES = ['prepare', 'pre-commit', 'commit'] as const;

const B1 = blockOn(GENESIS, 1);
/** The block that the leader of view 1 shows to others only. */
const OTHER = blockOn(GENESIS, 1, { salt: 1 });

/** Member 0, which does not lead view 1. */
function member(facts: CoreFacts = {}): Core {
  return new Core({ me: 0, votePath: 'all', ...facts });
}

/** A member that voted PREPARE for the block of view 1; nobody else's vote came yet. */
function voted(): Core {
  const core = member();
  core.signed(onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE)));
  return core;
}

/** The votes of members in a phase, as they come in; effects of the last. */
function votes(core: Core, phase: Phase, members: readonly number[], block = B1): readonly HotStuffEffect[] {
  return members.map((each) => core.receive(each, voteOf(each, phase, block))).at(-1) ?? [];
}

function decided(effects: readonly HotStuffEffect[]): readonly bigint[] {
  return effects.flatMap((effect) => (effect.kind === 'commit' ? [effect.certificate.view] : []));
}

describe('a vote', () => {
  test('goes to all in each phase, and no certificate goes with it', () => {
    const core = member();
    const first = onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE));
    assert.deepEqual(sent(core.signed(first)), ['vote all']);
    for (const phase of ['prepare', 'pre-commit'] as const) {
      const effects = votes(core, phase, [1, 2]);
      assert.deepEqual(sent(effects), []);
      assert.deepEqual(sent(core.signed(onlyStatement(effects))), ['vote all']);
    }
    const effects = votes(core, 'commit', [1, 2]);
    assert.deepEqual(decided(effects), [1n]);
    assert.deepEqual(sent(effects), [], 'who decides tells nobody');
  });

  test('is said again while the view lasts, and to a member that comes up (RULES.md A.36)', () => {
    const core = voted();
    assert.deepEqual(
      sent(core.fire('resend')).filter((each) => each.startsWith('vote')),
      ['vote all'],
    );
    const greeting = core.step({ kind: 'peer', member: voteOf(2, 'prepare', B1).member });
    assert.ok(sent(greeting).includes('vote 2'));
  });

  test('of a member that gave the view up is not sent (RULES.md A.12)', () => {
    const core = member();
    const statement = onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE));
    core.fire('view');
    assert.deepEqual(sent(core.signed(statement)), []);
    assert.equal(core.state.votes.prepare.size, 0);
  });

  test('that was recorded before a crash is asked for again, and goes to all (RULES.md A.30)', () => {
    const { record } = voted();
    const core = member({ restored: record });
    assert.deepEqual(asked(core.effects), ['prepare 1']);
    assert.deepEqual(sent(core.signed(onlyStatement(core.effects))), ['vote all']);
    core.receiveProposal(B1, GENESIS_PREPARE);
    assert.deepEqual(asked(votes(core, 'prepare', [1, 2])), ['pre-commit 1'], 'the own one is counted too');
  });
});

describe('every member counts (RULES.md C.8)', () => {
  test('a quorum with its own vote, and records the lock before it votes COMMIT', () => {
    const core = voted();
    assert.deepEqual(asked(votes(core, 'prepare', [1])), [], 'two of four are no quorum');
    core.signed(onlyStatement(votes(core, 'prepare', [2])));
    const effects = votes(core, 'pre-commit', [1, 3]);
    assert.deepEqual(asked(effects), ['commit 1']);
    assert.equal(core.record.locked?.kind, 'pre-commit');
    assert.deepEqual(
      core.state.certificates.prepare?.signatures.map((each) => each.member),
      [0, 1, 2],
    );
  });

  test('each member once in a phase, however often it votes (RULES.md A.18)', () => {
    const core = voted();
    votes(core, 'prepare', [1]);
    assert.equal(core.judge(1, voteOf(1, 'prepare', B1)), 'duplicate');
    // Two that were verified side by side come in both.
    const message = voteOf(1, 'prepare', B1);
    assert.deepEqual(asked(core.step({ kind: 'message', from: message.member, message })), []);
    assert.equal(core.state.votes.prepare.size, 2);
  });

  test('no votes above a quorum, which are refused before they are verified', () => {
    const core = voted();
    votes(core, 'prepare', [1, 2]);
    assert.equal(core.judge(3, voteOf(3, 'prepare', B1)), 'duplicate');
    assert.equal(core.judge(3, voteOf(3, 'pre-commit', B1)), 'ok');
  });

  test('no vote of another sender, of a view that is over, or of one that is far', () => {
    const core = voted();
    assert.equal(core.judge(2, voteOf(1, 'prepare', B1)), 'wrong-sender');
    assert.equal(core.judge(1, voteOf(1, 'prepare', blockOn(B1, 3))), 'far-future');
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    assert.equal(core.judge(1, voteOf(1, 'prepare', B1)), 'stale');
    assert.deepEqual(
      asked(
        core.step({
          kind: 'message',
          from: voteOf(1, 'prepare', B1).member,
          message: voteOf(1, 'prepare', B1),
        }),
      ),
      [],
    );
    assert.equal(core.state.votes.prepare.size, 0);
  });

  test('no votes for two blocks together, and none with another height (RULES.md A.19)', () => {
    const core = voted();
    votes(core, 'prepare', [1]);
    core.receive(2, voteOf(2, 'prepare', OTHER));
    const high = { ...voteOf(3, 'prepare', B1), height: toHeight(7n) };
    assert.deepEqual(asked(core.receive(3, high)), []);
    assert.equal(core.state.certificates.prepare, undefined);
  });

  test('after it gave the view up too: a decision is one, whenever it comes (RULES.md A.41)', () => {
    const core = voted();
    core.fire('view');
    votes(core, 'prepare', [1, 2]);
    assert.deepEqual(asked(votes(core, 'pre-commit', [1, 2, 3])), [], 'but votes no more');
    assert.deepEqual(decided(votes(core, 'commit', [1, 2, 3])), [1n]);
  });

  test('as a watcher that votes for nothing', () => {
    const core = member({ me: 'watcher' });
    core.receiveProposal(B1, GENESIS_PREPARE);
    for (const phase of PHASES) votes(core, phase, [1, 2, 3]);
    assert.equal(core.state.commit.view, 1n);
    assert.deepEqual(asked(core.effects), []);
  });

  test('phases in whichever order their votes come: a later one is voted on at once (RULES.md A.11)', () => {
    const core = voted();
    assert.deepEqual(asked(votes(core, 'pre-commit', [1, 2, 3])), ['commit 1']);
    assert.deepEqual(asked(votes(core, 'prepare', [1, 2])), [], 'phases go forward only');
    assert.equal(core.state.high.view, 1n, 'and the certificate is learned all the same');
    assert.deepEqual(decided(votes(core, 'commit', [1, 2, 3])), [1n]);
  });
});

describe('votes for a block that this member was not shown', () => {
  test('count before the proposal comes', () => {
    const core = member();
    votes(core, 'prepare', [1, 2]);
    core.signed(onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE)));
    assert.deepEqual(asked(core.effects), ['prepare 1', 'pre-commit 1']);
  });

  test('make a certificate without it, for a block that is then fetched of a voter', () => {
    const core = member();
    const effects = votes(core, 'prepare', [1, 2, 3]);
    assert.deepEqual(
      kinds(effects).filter((kind) => kind === 'fetch'),
      ['fetch'],
    );
    assert.deepEqual(
      effects.flatMap((effect) => (effect.kind === 'fetch' ? [effect.from] : [])),
      [3],
    );
    assert.deepEqual(asked(core.hold(B1)), ['pre-commit 1']);
  });

  test('decide here too, although a lying leader proposed another one to this member', () => {
    const core = member();
    core.signed(onlyStatement(core.receiveProposal(OTHER, GENESIS_PREPARE)));
    for (const phase of PHASES) votes(core, phase, [1, 2, 3]);
    assert.equal(core.state.commit.digest, B1.digest);
  });

  test('by f liars delay no quorum of the honest, in any order', () => {
    for (const order of [
      [3, 1, 2],
      [1, 3, 2],
    ]) {
      const core = voted();
      const effects = order.map((each) =>
        core.receive(each, voteOf(each, 'prepare', each === 3 ? OTHER : B1)),
      );
      assert.deepEqual(asked(effects.flat()), ['pre-commit 1']);
    }
  });

  test('take one place for each liar in each phase, and a second one is told as what it is', () => {
    const core = voted();
    core.receive(3, voteOf(3, 'prepare', OTHER));
    const second = voteOf(3, 'prepare', B1);
    assert.equal(core.judge(3, second), 'equivocation');
    assert.equal(ownClaim(second)?.statement.block?.digest, B1.digest, 'the evidence desk hears it');
    assert.equal(core.state.votes.prepare.get(second.member)?.digest, OTHER.digest);
  });
});

describe('who says no vote in a phase that has a certificate (RULES.md C.8.7)', () => {
  /** Its own COMMIT vote is being signed. */
  function asking(): Core {
    const core = voted();
    core.signed(onlyStatement(votes(core, 'prepare', [1, 2])));
    onlyStatement(votes(core, 'pre-commit', [1, 2]));
    return core;
  }

  test('shows all the decision: a liar may have given its vote to this member alone', () => {
    const core = asking();
    assert.deepEqual(sent(votes(core, 'commit', [1, 2, 3])), ['certificate all']);
    assert.equal(core.state.view, 2n);
    assert.ok(!sent(core.fire('resend')).includes('certificate all'), 'who lacks more asks');
  });

  test('shows one that it was shown, in its view or in a later one, once', () => {
    for (const [core, block] of [
      [asking(), B1],
      [voted(), blockOn(B1, 2)],
    ] as const) {
      const message = { kind: 'certificate', certificate: certify('commit', block) } as const;
      assert.deepEqual(sent(core.receive(3, message)), ['certificate all']);
      assert.notEqual(core.judge(2, message), 'ok');
    }
  });

  test('shows the certificate of each phase that it skips, and of no other', () => {
    const core = voted();
    assert.deepEqual(
      sent(votes(core, 'pre-commit', [1, 2, 3])),
      ['certificate all'],
      'it says no PRE-COMMIT vote',
    );
    const late = member();
    late.receiveProposal(B1, GENESIS_PREPARE);
    assert.deepEqual(sent(votes(late, 'prepare', [1, 2, 3])), [], 'its PREPARE vote is being signed');
    assert.deepEqual(sent(votes(late, 'pre-commit', [1, 2, 3])), [], 'and its PRE-COMMIT vote');
    const unshown = member();
    assert.deepEqual(sent(votes(unshown, 'prepare', [1, 2, 3])), ['certificate all']);
  });

  test('shows nothing as a watcher, or where votes go to the leader', () => {
    const watcher = member({ me: 'watcher' });
    const inLine = new Core({ me: 0 });
    for (const core of [watcher, inLine]) {
      core.receiveProposal(B1, GENESIS_PREPARE);
      const certificate = certify('commit', B1);
      assert.ok(!sent(core.receive(3, { kind: 'certificate', certificate })).includes('certificate all'));
    }
  });
});

describe('votes of the next view, of members that entered it before', () => {
  const B2 = blockOn(B1, 2);

  /** A member that misses one COMMIT vote of view 1. */
  function late(): Core {
    const core = voted();
    core.signed(onlyStatement(votes(core, 'prepare', [1, 2])));
    core.signed(onlyStatement(votes(core, 'pre-commit', [1, 2])));
    votes(core, 'commit', [1]);
    return core;
  }

  test('are kept, and count once the view is entered', () => {
    const core = late();
    votes(core, 'prepare', [2, 3], B2);
    assert.equal(core.state.view, 1n);
    votes(core, 'commit', [2]);
    assert.equal(core.state.view, 2n);
    const [own] = statementsIn(core.receiveProposal(B2, certify('prepare', B1)));
    assert.deepEqual(asked(core.signed(own ?? assert.fail())), ['pre-commit 2']);
  });

  test('are one of each member in each phase, of the next view and no further', () => {
    const core = late();
    votes(core, 'prepare', [2], B2);
    assert.equal(core.judge(2, voteOf(2, 'prepare', B2)), 'duplicate');
    assert.equal(core.judge(2, voteOf(2, 'prepare', blockOn(B1, 2, { salt: 1 }))), 'equivocation');
    assert.equal(core.judge(2, voteOf(2, 'prepare', blockOn(B1, 3))), 'far-future');
  });

  test('lead into it by their quorum, as any certificate does', () => {
    const core = late();
    core.receive(2, {
      kind: 'proposal',
      block: B2,
      justify: certify('prepare', B1),
      timeoutCertificate: undefined,
      signature: Uint8Array.of(7),
    });
    const effects = votes(core, 'prepare', [1, 2, 3], B2);
    assert.equal(core.state.view, 2n);
    assert.ok(kinds(effects).includes('check'), 'the proposal that came early is judged now');
    assert.deepEqual(asked(core.hold(B2)), ['prepare 2', 'pre-commit 2']);
  });

  test('are forgotten with a jump over it', () => {
    const core = late();
    votes(core, 'prepare', [2], B2);
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(4) });
    assert.equal(core.state.view, 5n);
    assert.deepEqual(
      [core.state.votes, core.state.nextVotes].flatMap((each) => PHASES.map((phase) => each[phase].size)),
      [0, 0, 0, 0, 0, 0],
    );
  });
});

describe('a federation whose votes go to all', () => {
  /** Loses each vote of the last phase that goes to these members. */
  function losing(cluster: Cluster, ...members: readonly number[]): void {
    cluster.passes = (_from, to, message) =>
      !(message.kind === 'vote' && message.phase === 'commit' && members.includes(to));
  }

  function once(): Cluster {
    const cluster = new Cluster(4, 'all');
    cluster.lastView = 1n;
    return cluster;
  }

  test('sends a proposal and votes, and no certificate by itself', () => {
    const cluster = new Cluster(4, 'all');
    const said = new Set<string>();
    cluster.lastView = 3n;
    cluster.passes = (_from, _to, { kind }) => {
      said.add(kind);
      return true;
    };
    cluster.run();
    assert.deepEqual([...said].toSorted(), ['proposal', 'vote']);
    assert.deepEqual(cluster.decidedHeights(), [3, 3, 3, 3]);
  });

  test('helps a member that hears too few votes: with its report, said again, to the leader', () => {
    const cluster = once();
    losing(cluster, 3);
    cluster.run();
    assert.deepEqual(cluster.decidedHeights(), [1, 1, 1, 0]);
    cluster.resend(3);
    assert.deepEqual(cluster.decidedHeights(), [1, 1, 1, 1]);
  });

  test('helps a leader that hears too few votes for its own block: it asks the next one', () => {
    const cluster = once();
    losing(cluster, 1);
    cluster.run();
    assert.deepEqual(cluster.decidedHeights(), [1, 0, 1, 1]);
    cluster.resend(1);
    assert.deepEqual(cluster.decidedHeights(), [1, 1, 1, 1]);
  });

  test('hears lost votes again as long as nobody has decided', () => {
    const cluster = once();
    losing(cluster, 0, 1, 2, 3);
    cluster.run();
    assert.deepEqual(cluster.decidedHeights(), [0, 0, 0, 0]);
    cluster.passes = () => true;
    cluster.resend(0, 1, 2, 3);
    assert.deepEqual(cluster.decidedHeights(), [1, 1, 1, 1]);
  });

  test('finds a lock that one member alone has (RULES.md A.33)', () => {
    const cluster = new Cluster(4, 'all');
    cluster.lastView = 2n;
    cluster.passes = (_from, to, message) =>
      message.kind !== 'vote' || message.phase === 'prepare' || (message.phase === 'pre-commit' && to === 0);
    cluster.run();
    assert.equal(cluster.core(0).state.locked?.view, 1n);
    assert.equal(cluster.core(2).state.locked, undefined);
    cluster.passes = (from, to) => from !== 1 && to !== 1;
    cluster.giveUp(0, 2, 3);
    for (const at of [0, 2, 3]) {
      assert.equal(cluster.decided[at]?.length, 1, `member ${at} decides in view 2`);
      assert.equal(cluster.core(at).state.commit.height, 2n, 'on top of the locked block');
    }
  });

  test('decides with f silent members, and not with f + 1', () => {
    for (const [silent, expected] of [
      [[6, 5], 1],
      [[6, 5, 4], 0],
    ] as const) {
      const cluster = new Cluster(7, 'all');
      cluster.lastView = 1n;
      const isSilent = (at: number): boolean => silent.some((each) => each === at);
      cluster.passes = (from, to) => !isSilent(from) && !isSilent(to);
      cluster.run();
      assert.deepEqual(cluster.decidedHeights().slice(0, 4), Array(4).fill(expected));
    }
  });
});

test('terms that do not say it leave the votes to the leader', () => {
  const core = new Core({ me: 0 });
  assert.deepEqual(sent(core.signed(onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE)))), ['vote 1']);
  assert.equal(core.judge(2, voteOf(2, 'prepare', B1)), 'duplicate');
  assert.equal(core.state.view, toView(1n));
  const block: Block = B1;
  assert.equal(core.judge(2, voteOf(2, 'prepare', blockOn(block, 2))), 'far-future');
});
