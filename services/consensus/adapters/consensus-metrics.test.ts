import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { EVIDENCE_KINDS } from '#libs/protocol/evidence.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import { blockUpon, branchUpon, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { consensusMetrics } from './consensus-metrics.ts';
import { MemberMonitor } from './member-monitor.ts';

test('P2P-94 consensus counts blocks as they come, and shows at a scrape where it stands and who did not sign', async () => {
  const member = memoryMember();
  const metrics = new MemoryMetrics();
  const monitor = new MemberMonitor(
    memoryLogger(),
    (index) => `m${index}`,
    () => 0,
  );
  const final = new FinalChannel();
  const [first] = branchUpon(GENESIS, 1, 1);
  assert.ok(first !== undefined);
  const second = blockUpon(first, 2, ['a', 'b']);
  const certificate = certificateFor(second.block);
  const set = (): ValidatorSet => member.ports.membership.current().set;
  consensusMetrics(metrics, {
    set,
    monitor,
    final,
    status: () => member.status,
    tipCertificate: () => certificate,
    finalHeight: () => 2n,
  });

  final.ordered([first.block, second.block]);
  monitor.refused(toMemberIndex(1), 'stale');
  monitor.refused(toMemberIndex(1), 'stale');
  member.status = {
    ...member.status,
    mode: 'halted',
    isDraining: true,
    view: toView(9n),
    timedOutViews: 4n,
    lastCommitMs: 1_500,
  };
  await metrics.scrape();
  await metrics.scrape();

  const value = (name: string, labels = {}) => metrics.value(`btcfed_consensus_${name}`, labels);
  assert.equal(value('blocks_total'), 2);
  assert.equal(value('transactions_total'), 3);
  assert.deepEqual(metrics.observations('btcfed_consensus_block_transactions'), [1, 2]);
  assert.equal(value('refused_messages_total', { cause: 'stale' }), 2);
  assert.equal(value('final_height'), 2);
  assert.equal(value('current_view'), 9);
  assert.equal(value('view_timeouts_total'), 4);
  assert.equal(value('last_commit_seconds'), 1.5);
  assert.equal(value('halted_info'), 1);
  assert.equal(value('draining_info'), 1);
  assert.equal(value('members'), set().members.length);
  assert.equal(value('missing_members'), set().members.length - certificate.signatures.length);
  for (const [index, { name }] of set().members.entries()) {
    const signed = certificate.signatures.some(({ member: signer }) => signer === index);
    assert.equal(value('member_last_signed_height', { of_member: name }), signed ? 2 : 0);
  }
});

test('F-44: evidence of each kind is counted from 0 on, so that an alert sees the first', async () => {
  const member = memoryMember();
  const metrics = new MemoryMetrics();
  consensusMetrics(metrics, {
    set: () => member.ports.membership.current().set,
    monitor: new MemberMonitor(memoryLogger(), String, () => 0),
    final: new FinalChannel(),
    status: () => member.status,
    tipCertificate: () => certificateFor(blockUpon(GENESIS, 1, ['a']).block),
    finalHeight: () => 1n,
  });
  assert.equal(metrics.seriesOf('btcfed_consensus_evidence_total'), EVIDENCE_KINDS.length);
  for (const kind of EVIDENCE_KINDS) {
    assert.deepEqual(metrics.observations('btcfed_consensus_evidence_total', { kind }), [0]);
  }
});

test('F-44: consensus shows whose votes of the view at hand it holds, by name and step, and whether it catches up', async () => {
  const member = memoryMember();
  const metrics = new MemoryMetrics();
  consensusMetrics(metrics, {
    set: () => member.ports.membership.current().set,
    monitor: new MemberMonitor(memoryLogger(), String, () => 0),
    final: new FinalChannel(),
    status: () => member.status,
    tipCertificate: () => certificateFor(blockUpon(GENESIS, 1, ['a']).block),
    finalHeight: () => 1n,
  });
  await metrics.scrape();
  const names = member.ports.membership.current().set.members.map(({ name }) => name);
  const held = (step: string) =>
    names.map((name) => metrics.value('btcfed_consensus_vote_held_info', { step, of_member: name }));
  assert.deepEqual(held('prepare'), [0, 1, 1, 0]);
  assert.deepEqual(held('commit'), [0, 0, 0, 0]);
  assert.equal(metrics.seriesOf('btcfed_consensus_vote_held_info'), 8);
  assert.equal(metrics.value('btcfed_consensus_catching_up_info'), 0);
  assert.equal(metrics.value('btcfed_consensus_halt_height'), 0);
  const halt = { height: toHeight(9n), isReached: false };
  const none = { ...member.status.tally(), steps: [] };
  member.status = { ...member.status, mode: 'catching-up', tally: () => none, halt };
  await metrics.scrape();
  assert.equal(metrics.value('btcfed_consensus_halt_height'), 9);
  assert.equal(metrics.seriesOf('btcfed_consensus_vote_held_info'), 0);
  assert.equal(metrics.value('btcfed_consensus_catching_up_info'), 1);
});

test('F-40 consensus shows whether a quorum is reachable, with the weights', async () => {
  const member = memoryMember();
  const metrics = new MemoryMetrics();
  consensusMetrics(metrics, {
    set: () => member.ports.membership.current().set,
    monitor: new MemberMonitor(memoryLogger(), String, () => 0),
    final: new FinalChannel(),
    status: () => member.status,
    tipCertificate: () => certificateFor(blockUpon(GENESIS, 1, ['a']).block),
    finalHeight: () => 1n,
  });
  const shown = async () => {
    await metrics.scrape();
    return ['quorum_reachable_info', 'reachable_weight', 'quorum_weight'].map((name) =>
      metrics.value(`btcfed_consensus_${name}`),
    );
  };
  assert.deepEqual(await shown(), [1, 4, 3]);
  const quorum = { ...member.status.quorum, reachable: 2, reachableWeight: 2n, away: ['beta', 'delta'] };
  member.status = { ...member.status, quorum };
  assert.deepEqual(await shown(), [0, 2, 3]);
});
