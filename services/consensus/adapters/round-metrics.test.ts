import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHeight, toView } from '#libs/chain/ids.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { roundStatement } from '#libs/protocol/rounds/statements.ts';
import { blockUpon, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { baselineMetrics } from './baseline-metrics.ts';
import { consensusMetrics } from './consensus-metrics.ts';
import { MemberMonitor } from './member-monitor.ts';

test('TW-2.9.1: consensus shows the time of each step of a round of PBFT, how many signed the newest block, and how many peers are connected', async () => {
  const metrics = new MemoryMetrics();
  const member = memoryMember();
  const final = new FinalChannel();
  const { block } = blockUpon(GENESIS, 1);
  const whole = certificateFor(block);
  let certificate = whole;
  let nowMs = 0;
  const { signs } = baselineMetrics(metrics, {
    ...{ traffic: () => ({ sentBytes: 0, receivedBytes: 0 }), final, io: () => undefined },
    votes: () => PBFT_TABLE,
    nowMs: () => nowMs,
  });
  consensusMetrics(metrics, {
    ...{ final, monitor: new MemberMonitor(memoryLogger(), String, () => nowMs) },
    set: () => member.ports.membership.current().set,
    status: () => member.status,
    tipCertificate: () => certificate,
    finalHeight: () => 1n,
  });
  const about = { height: toHeight(1n), digest: block.digest };
  for (const [kind, atMs] of [
    ['pre-prepare', 0],
    ['prepare', 100],
    ['commit', 400],
  ] as const) {
    nowMs = atMs;
    signs(roundStatement(kind, toView(block.header.view), about));
  }
  nowMs = 900;
  final.ordered([block]);
  const times = (phase: string) => metrics.observations('btcfed_consensus_phase_seconds', { phase });
  assert.deepEqual([times('prepare'), times('commit')], [[0.3], [0.5]]);

  const shown = async () => {
    await metrics.scrape();
    return ['members', 'missing_members', 'connected_peers'].map((name) =>
      metrics.value(`btcfed_consensus_${name}`),
    );
  };
  const members = member.ports.membership.current().set.members.length;
  const signed = whole.signatures.length;
  assert.deepEqual(await shown(), [members, members - signed, 3]);
  certificate = { ...whole, signatures: whole.signatures.slice(1) };
  member.status = { ...member.status, connectedPeers: 2 };
  assert.deepEqual(await shown(), [members, members - signed + 1, 2]);
});
