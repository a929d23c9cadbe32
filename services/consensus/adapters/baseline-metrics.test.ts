import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { blockUpon, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { gaveUp, spoke } from '#test/support/chain/claims.ts';
import { baselineMetrics } from './baseline-metrics.ts';

const PHASES = 'btcfed_consensus_phase_seconds';

test('HS-51 shows the latency of each phase, bandwidth and storage I/O', async () => {
  const metrics = new MemoryMetrics();
  let nowMs = 0;
  const final = new FinalChannel();
  const { signs } = baselineMetrics(metrics, {
    traffic: () => ({ sentBytes: 70, receivedBytes: 50 }),
    final,
    votes: () => HOTSTUFF_TABLE,
    nowMs: () => nowMs,
    io: () => 'rchar: 1\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 3\n',
  });
  const at = (ms: number, statement: VoteStatement): void => {
    nowMs = ms;
    signs(statement);
  };
  at(0, spoke('proposal', 7, 'a'));
  at(0, spoke('prepare', 7, 'a'));
  at(100, spoke('pre-commit', 7, 'a'));
  at(300, spoke('commit', 7, 'a'));
  nowMs = 700;
  final.ordered([blockUpon(GENESIS, 3).block, blockUpon(GENESIS, 7).block]);
  // A view that was given up shows how long its last phase took in vain, and the next begins anew.
  at(800, spoke('prepare', 8, 'b'));
  at(900, gaveUp(8, 7));
  at(5_000, spoke('prepare', 9, 'c'));
  at(9_000, spoke('prepare', 10, 'd'));
  nowMs = 9_500;
  final.ordered([blockUpon(GENESIS, 9).block]);
  assert.deepEqual(metrics.observations(PHASES, { phase: 'prepare' }), [0.1, 0.1]);
  assert.deepEqual(metrics.observations(PHASES, { phase: 'pre-commit' }), [0.2]);
  assert.deepEqual(metrics.observations(PHASES, { phase: 'commit' }), [0.4]);

  await metrics.scrape();
  const value = (name: string) => metrics.value(`btcfed_consensus_${name}`);
  assert.deepEqual([value('sent_bytes_total'), value('received_bytes_total')], [70, 50]);
  assert.deepEqual([value('storage_read_bytes_total'), value('storage_written_bytes_total')], [4_096, 8_192]);
});
