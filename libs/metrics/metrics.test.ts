import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryMetrics } from './memory-metrics.ts';
import type { Metrics } from './metrics.ts';
import { metricsServer } from './metrics-server.ts';
import { PromMetrics } from './prom-metrics.ts';

const help = 'For the test.';

for (const make of [() => new PromMetrics(), () => new MemoryMetrics()]) {
  describe(`names of ${make().constructor.name}`, () => {
    for (const [kind, name] of [
      ['counter', 'btcfed_consensus_blocks'],
      ['counter', 'consensus_blocks_total'],
      ['counter', 'btcfed_total'],
      ['gauge', 'btcfed_gateway_peers_count'],
      ['histogram', 'btcfed_consensus_transactions_count'],
      ['gauge', 'btcfed_consensus_height_sum'],
      ['gauge', 'btcfed_consensus_height_bucket'],
      ['gauge', 'btcfed_gateway_queue'],
      ['gauge', 'btcfed_gateway_peers_total'],
      ['histogram', 'btcfed_signer_sign_ms'],
      ['histogram', 'btcfed_Signer_seconds'],
    ] as const) {
      test(`refuse ${kind} ${name}`, () => {
        assert.throws(() => make()[kind](name, { help, buckets: [1] }), /must match/);
      });
    }

    test('are made once', () => {
      const metrics: Metrics = make();
      metrics.counter('btcfed_a_total', { help });
      assert.throws(() => metrics.counter('btcfed_a_total', { help }));
    });
  });
}

describe('MemoryMetrics', () => {
  test('counts, sets and keeps observations, by labels', () => {
    const metrics = new MemoryMetrics();
    const votes = metrics.counter('btcfed_consensus_votes_total');
    votes.add();
    votes.add(2, { kind: 'late' });
    votes.add(3, { kind: 'late' });
    metrics.gauge('btcfed_consensus_final_height').set(7);
    const latency = metrics.histogram('btcfed_signer_sign_seconds');
    latency.observe(0.1);
    latency.observe(0.2);
    assert.equal(metrics.value('btcfed_consensus_votes_total'), 1);
    assert.equal(metrics.value('btcfed_consensus_votes_total', { kind: 'late' }), 5);
    assert.equal(metrics.value('btcfed_consensus_final_height'), 7);
    assert.deepEqual(metrics.observations('btcfed_signer_sign_seconds'), [0.1, 0.2]);
    assert.equal(metrics.value('btcfed_other_total'), 0);
    votes.follow(9);
    assert.equal(metrics.value('btcfed_consensus_votes_total'), 9);
  });
});

describe('metricsServer', () => {
  test('serves what was counted, and nothing but that', async () => {
    const metrics = new PromMetrics({ member: 'm1' });
    metrics.counter('btcfed_a_total', { help, labels: ['kind'] }).add(2, { kind: 'x' });
    metrics.gauge('btcfed_b_height', { help }).set(9);
    metrics.histogram('btcfed_c_seconds', { help, buckets: [1, 2] }).observe(1.5);
    const kept = metrics.counter('btcfed_d_total', { help, labels: ['kind'] });
    let total = 3;
    metrics.onScrape(() => kept.follow(total, { kind: 'y' }));
    const answer = (target: string) =>
      target === '/readyz?verbose' ? { status: 503, body: 'not yet' } : undefined;
    const server = metricsServer({ host: '127.0.0.1', port: 0, metrics, answer });
    await server.start();
    try {
      const base = `http://127.0.0.1:${server.port()}`;
      const response = await fetch(`${base}/metrics`);
      const body = await response.text();
      assert.match(response.headers.get('content-type') ?? '', /text\/plain/);
      assert.match(body, /^btcfed_a_total{kind="x",member="m1"} 2$/m);
      assert.match(body, /^btcfed_b_height{member="m1"} 9$/m);
      assert.match(body, /^btcfed_c_seconds_bucket{le="2",member="m1"} 1$/m);
      assert.match(body, /^process_cpu_seconds_total/m);
      assert.match(body, /^btcfed_d_total{kind="y",member="m1"} 3$/m);
      total = 5;
      assert.match(
        await (await fetch(`${base}/metrics`)).text(),
        /^btcfed_d_total{kind="y",member="m1"} 5$/m,
      );
      const probed = await fetch(`${base}/readyz?verbose`);
      assert.deepEqual([probed.status, await probed.text()], [503, 'not yet']);
      assert.equal((await fetch(`${base}/`)).status, 404);
      assert.equal((await fetch(`${base}/metrics`, { method: 'POST' })).status, 404);
    } finally {
      await server.stop();
      await server.stop();
    }
  });
});
