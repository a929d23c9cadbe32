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
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import type { VoteStatement } from '../vote/statement.ts';
import type { HotStuffEffect } from './state.ts';
import { viewPosition } from './statements.ts';

const B1 = blockOn(GENESIS, 1);

function statements(effects: readonly HotStuffEffect[]): readonly VoteStatement[] {
  return effects.flatMap((effect) => (effect.kind === 'sign' ? [effect.statement] : []));
}

/** Member 0 after a crash: all that it knows is its newest record. */
function restarted(core: Core): Core {
  const { me } = core.state.context;
  return new Core({ me: me ?? 'watcher', restored: core.record, tip: core.state.context.tip });
}

describe('a restart', () => {
  test('repeats the recorded votes of its view, statement for statement (RULES.md A.30)', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    const again = restarted(core);
    assert.deepEqual(statements(again.effects), statements(core.effects));
    const [vote] = statements(again.effects);
    assert.ok(vote !== undefined);
    assert.deepEqual(sent(again.signed(vote)), ['vote 1']);
  });

  test('makes no second vote when the same or another proposal comes again (RULES.md A.24, HS-17)', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    const same = restarted(core);
    assert.deepEqual(asked(same.receiveProposal(B1, GENESIS_PREPARE)), []);
    const other = restarted(core);
    assert.deepEqual(asked(other.receiveProposal(blockOn(GENESIS, 1, { salt: 1 }), GENESIS_PREPARE)), []);
  });

  test('goes on to vote in the later phases', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    const again = restarted(core);
    again.learn(certify('prepare', B1));
    assert.deepEqual(asked(again.hold(B1)), ['pre-commit 1']);
  });

  test('repeats a timeout with the very certificate that it reported, also when it knows a newer one', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    const timeout = onlyStatement(core.fire('view'));
    core.learn(certify('prepare', B1));
    const record = { ...core.record, high: certify('prepare', B1) };
    const again = new Core({ restored: record });
    assert.deepEqual(statements(again.effects), [timeout]);
    assert.deepEqual(sent(again.signed(timeout)), ['timeout all']);
  });

  test('does not vote in a view that was given up before (RULES.md A.12)', () => {
    const core = new Core();
    core.fire('view');
    const again = restarted(core);
    assert.equal(again.judge(1, proposalOf(B1, GENESIS_PREPARE)), 'stale');
    again.learn(certify('prepare', B1));
    assert.deepEqual(asked(again.hold(B1)), []);
  });

  test('keeps its lock, its highest certificate and its view (RULES.md A.26, A.27, A.28)', () => {
    const core = new Core();
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    core.learn(certify('pre-commit', B1));
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, certify('prepare', B1)) });
    const again = restarted(core);
    assert.equal(again.state.view, 2n);
    assert.equal(again.state.high.view, 1n);
    assert.equal(again.state.locked?.digest, B1.digest);
    again.receive(2, proposalOf(blockOn(GENESIS, 2), GENESIS_PREPARE));
    assert.deepEqual(asked(again.hold(blockOn(GENESIS, 2))), []);
  });

  test('makes no second proposal for a view (RULES.md A.29)', () => {
    const core = new Core({ me: 1 });
    core.step({ kind: 'built', position: viewPosition(B1.header.view), block: B1 });
    const again = restarted(core);
    assert.equal(kinds(again.effects).includes('build'), false);
  });

  test('of a leader still counts votes for what it proposed', () => {
    const core = new Core({ me: 1 });
    core.step({ kind: 'built', position: viewPosition(B1.header.view), block: B1 });
    const again = restarted(core);
    for (const member of [0, 2, 3]) again.receive(member, voteOf(member, 'prepare', B1));
    assert.equal(again.state.certificates.prepare?.digest, B1.digest);
  });

  test('commits a recorded decision that the chain store does not have yet', () => {
    const core = new Core();
    core.learn(certify('commit', B1));
    assert.ok(kinds(restarted(core).effects).includes('commit'));
    const stored = new Core({ restored: core.record, tip: certify('commit', B1) });
    assert.equal(kinds(stored.effects).includes('commit'), false);
  });

  test('starts after the tip of a chain that grew without it, and is locked on it', () => {
    const tip = certify('commit', blockOn(B1, 8));
    const core = new Core({ tip });
    assert.equal(core.state.view, 9n);
    assert.equal(core.state.locked?.view, 8n);
  });

  test('starts after the tip also with a record, when sync took the chain beyond it', () => {
    const before = new Core();
    before.receiveProposal(B1, GENESIS_PREPARE);
    before.learn(certify('prepare', B1));
    before.learn(certify('pre-commit', B1));
    const core = new Core({ restored: before.record, tip: certify('commit', blockOn(B1, 8)) });
    assert.equal(core.state.view, 9n);
    assert.equal(core.state.locked?.view, 8n);
    assert.deepEqual(core.state.voted, {});
    assert.equal(core.state.high.view, 1n);
  });

  test('reports to the leader of its view', () => {
    const core = new Core();
    assert.deepEqual(sent(restarted(withView2(core)).effects), ['new-view 2']);
  });

  function withView2(core: Core): Core {
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    return core;
  }
});

test('a member that only watches learns and commits, and never asks for a signature', () => {
  const core = new Core({ me: 'watcher' });
  assert.equal(core.state.context.me, undefined);
  core.receiveProposal(B1, GENESIS_PREPARE);
  core.learn(certify('prepare', B1));
  core.learn(certify('pre-commit', B1));
  core.fire('view');
  assert.deepEqual(asked(core.effects), []);
  core.learn(certify('commit', B1));
  assert.equal(core.state.commit.view, 1n);
});
