import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Cluster } from '#test/support/hotstuff/hotstuff-cluster.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  kinds,
  newViewOf,
  onlyStatement,
  proposalIn,
  sent,
  statementsIn,
  TIMING,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { leaveCertificateFault } from '../leave-certificate.ts';
import type { HotStuffEffect } from './state.ts';
import { viewPosition } from './statements.ts';
import { HOTSTUFF_TABLE } from './vote-table.ts';

const B1 = blockOn(GENESIS, 1);

function entered(effects: readonly HotStuffEffect[]): readonly bigint[] {
  return effects.flatMap((effect) => (effect.kind === 'entered' ? [effect.position.view] : []));
}

/** The view timers that were set, by view and delay. */
function viewTimers(core: Core): readonly (readonly [bigint, number])[] {
  return core.effects.flatMap((each) =>
    each.kind === 'set-timer' && each.name === 'view' && 'afterMs' in each
      ? [[each.position.view, each.afterMs] as const]
      : [],
  );
}

/** Gives view 1 up, and has the timeout signed. */
function givenUp(core: Core): readonly HotStuffEffect[] {
  return core.signed(onlyStatement(core.fire('view')));
}

describe('giving a view up (HS-28, HS-31)', () => {
  test('is recorded, then signed, then told to all', () => {
    const core = new Core();
    const effects = core.fire('view');
    assert.deepEqual(asked(effects), ['timeout 1']);
    assert.equal(core.record.timedOut?.view, 1n);
    assert.deepEqual(sent(effects), []);
    assert.deepEqual(sent(core.signed(onlyStatement(effects))), ['timeout all']);
  });

  test('ends a view in which the leader got too few votes', () => {
    const core = new Core({ me: 1 });
    const built = core.step({ kind: 'built', position: viewPosition(B1.header.view), block: B1 });
    for (const statement of statementsIn(built)) core.signed(statement);
    core.receive(2, voteOf(2, 'prepare', B1));
    assert.deepEqual(Object.keys(core.state.certificates), [], 'two votes of four make no certificate');
    assert.deepEqual(viewTimers(core), [[1n, TIMING.viewTimeoutMs]]);
    assert.deepEqual(sent(givenUp(core)), ['timeout all']);
    core.receive(2, timeoutOf(2, 1));
    assert.deepEqual(entered(core.receive(3, timeoutOf(3, 1))), [2n]);
  });

  test('ends a view whose leader says nothing: all blame it, and the next leader decides', () => {
    const cluster = new Cluster(4);
    cluster.lastView = 2n;
    const blamed: string[] = [];
    cluster.passes = (from, to, { kind }) => {
      if (kind === 'timeout') blamed.push(`${from} to ${to}`);
      return from !== 1;
    };
    cluster.run();
    const others = [0, 2, 3];
    for (const member of others)
      assert.deepEqual(viewTimers(cluster.core(member)), [[1n, TIMING.viewTimeoutMs]]);
    cluster.giveUp(...others);
    assert.deepEqual(
      blamed.sort(),
      others.flatMap((from) => [0, 1, 2, 3].filter((to) => to !== from).map((to) => `${from} to ${to}`)),
    );
    for (const member of others) {
      const { effects, state } = cluster.core(member);
      assert.deepEqual(entered(effects).slice(0, 2), [1n, 2n]);
      assert.equal(state.commit.view, 2n);
    }
  });

  test('happens once', () => {
    const core = new Core();
    core.fire('view');
    assert.deepEqual(asked(core.fire('view')), []);
  });

  test('reports the highest prepare certificate, also that of the very view', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    const statement = onlyStatement(core.fire('view'));
    assert.equal(statement.kind, 'timeout');
    assert.deepEqual(statement.reports, [{ instance: 0n, view: 1n, digest: B1.digest }]);
  });

  test('says so again with every resend, and never stops until the view ends (RULES.md A.36)', () => {
    const core = new Core();
    givenUp(core);
    for (let round = 0; round < 3; round++) {
      const effects = core.fire('resend');
      assert.ok(sent(effects).includes('timeout all'));
      assert.ok(kinds(effects).includes('set-timer'));
    }
  });

  test('asks the signer again with every resend while it has not signed, for the same bytes (RULES.md A.30)', () => {
    const core = new Core();
    const statement = onlyStatement(core.fire('view'));
    core.receive(3, { kind: 'certificate', certificate: certify('prepare', B1) });
    for (let round = 0; round < 3; round++) {
      const effects = core.fire('resend');
      assert.deepEqual(onlyStatement(effects), statement);
      assert.ok(!sent(effects).includes('timeout all'));
    }
    assert.deepEqual(sent(core.signed(statement)), ['timeout all']);
    assert.deepEqual(asked(core.fire('resend')), []);
  });
});

describe('a timeout certificate (HS-29)', () => {
  test('forms of n - f timeouts of one view, carries their highest report, and ends the view', () => {
    const core = new Core();
    givenUp(core);
    core.receive(2, timeoutOf(2, 1));
    const effects = core.receive(3, timeoutOf(3, 1, { high: certify('prepare', B1) }));
    assert.deepEqual(entered(effects), [2n]);
    const certificate = core.state.timeoutCertificate ?? assert.fail();
    assert.deepEqual(
      certificate.shares.map(({ member }) => member),
      [0, 2, 3],
    );
    assert.equal(certificate.high?.digest, B1.digest);
    assert.equal(
      leaveCertificateFault(certificate, core.state.context.set, core.state.context.root, HOTSTUFF_TABLE),
      undefined,
    );
  });

  test('does not form of timeouts of different views (RULES.md A.39)', () => {
    const core = new Core();
    givenUp(core);
    core.receive(2, timeoutOf(2, 1));
    assert.deepEqual(entered(core.receive(3, timeoutOf(3, 5))), []);
    assert.equal(core.state.view, 1n);
  });

  test('is recorded before the next view says anything', () => {
    const core = new Core();
    const effects = core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    const order = kinds(effects);
    assert.ok(order.indexOf('persist') < order.indexOf('transmit'));
    assert.equal(core.record.timeoutCertificate?.view, 1n);
    assert.equal(core.record.view, 2n);
  });

  test('goes with the report to the next leader, and with its proposal', () => {
    const leader = new Core({ me: 2 });
    leader.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    const [block] = [blockOn(GENESIS, 2)];
    const effects = leader.signed(
      proposalIn(leader.step({ kind: 'built', position: viewPosition(block.header.view), block })),
    );
    const [proposal] = effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
    assert.ok(proposal?.kind === 'proposal');
    assert.equal(proposal.timeoutCertificate?.view, 1n);
  });

  test('of an old view teaches its report and moves nothing', () => {
    const core = new Core();
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(4) });
    assert.equal(core.judge(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(3) }), 'stale');
    assert.equal(core.state.view, 5n);
  });
});

describe('joining (RULES.md C.5.3)', () => {
  test('f + 1 timeouts of this view: gives it up too', () => {
    const core = new Core();
    assert.deepEqual(asked(core.receive(2, timeoutOf(2, 1))), []);
    assert.deepEqual(asked(core.receive(3, timeoutOf(3, 1))), ['timeout 1']);
  });

  test('f + 1 timeouts of higher views: moves to the highest that one honest member reached', () => {
    const core = new Core();
    core.receive(2, timeoutOf(2, 7));
    const effects = core.receive(3, timeoutOf(3, 4));
    assert.deepEqual(entered(effects), [4n]);
    assert.deepEqual(asked(effects), ['timeout 4']);
  });

  test('timeouts of a later view are not forgotten with the views between', () => {
    const core = new Core();
    core.receive(2, timeoutOf(2, 5));
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(2) });
    assert.equal(core.state.view, 3n);
    assert.deepEqual(entered(core.receive(3, timeoutOf(3, 5))), [5n]);
  });

  test('f liars cannot move anyone, however far ahead they are (RULES.md A.41)', () => {
    const core = new Core({ members: 7 });
    core.receive(5, timeoutOf(5, 1_000_000));
    core.receive(6, timeoutOf(6, 1_000_000));
    assert.equal(core.state.view, 1n);
    assert.deepEqual(asked(core.effects), []);
  });

  test('timeouts of a thousand views from one member fill one place (RULES.md A.39)', () => {
    const core = new Core();
    for (let view = 1; view <= 1_000; view++) core.receive(3, timeoutOf(3, view));
    assert.equal(core.state.timeouts.size, 1);
    assert.equal(core.judge(3, timeoutOf(3, 999)), 'duplicate');
    assert.equal(core.state.view, 1n);
  });
});

describe('a member that is behind', () => {
  const B2 = blockOn(B1, 2);

  test('that gives an old view up gets the decision that ended it (RULES.md A.38)', () => {
    const core = new Core();
    core.learn(certify('commit', B1));
    assert.equal(core.judge(3, timeoutOf(3, 1)), 'stale');
    assert.deepEqual(
      sent(
        core.step({
          kind: 'behind',
          member: core.state.context.leader(core.state.view),
          reported: { at: viewPosition(B1.header.view), decided: viewPosition(newViewOf(0).view) },
        }),
      ),
      ['certificate 2'],
    );
  });

  test('gets the timeout certificate where there was no decision, and both where both help', () => {
    const core = new Core();
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    assert.deepEqual(helped(core, 1), ['timeout-certificate 3']);
    core.learn(certify('commit', B2));
    assert.deepEqual(helped(core, 1), ['certificate 3']);
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(5) });
    assert.deepEqual(helped(core, 1), ['certificate 3', 'timeout-certificate 3']);
    assert.deepEqual(helped(core, 4), ['timeout-certificate 3']);
  });

  test('gets the newest live certificate where that is all there is, be it only a lock', () => {
    const core = new Core();
    core.learn(certify('prepare', B1));
    assert.deepEqual(helped(core, 1), []);
    core.learn(certify('pre-commit', blockOn(B1, 3)));
    assert.deepEqual(helped(core, 1), ['certificate 3']);
  });

  test('and comes up is told what this member knows and what this view said', () => {
    const core = new Core();
    givenUp(core);
    assert.deepEqual(sent(core.step({ kind: 'peer', member: core.state.context.leader(core.state.view) })), [
      'new-view 1',
      'timeout 1',
    ]);
  });

  function helped(core: Core, view: number): readonly string[] {
    const [, , , member] = core.state.context.set.members;
    assert.ok(member !== undefined);
    const reported = {
      at: viewPosition(newViewOf(view).view),
      decided: viewPosition(newViewOf(view - 1).view),
    };
    return sent(core.step({ kind: 'behind', member: member.index, reported }));
  }
});
