import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { promtoolComplaints, withoutPromtool } from '#test/support/metrics/promtool.ts';
import { MemoryMetrics } from './memory-metrics.ts';
import type { Metrics } from './metrics.ts';
import { metricsServer } from './metrics-server.ts';
import { PromMetrics } from './prom-metrics.ts';

const help = 'For the test.';

for (const make of [() => new PromMetrics({ service: 'test' }), () => new MemoryMetrics()]) {
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

    for (const label of ['service', 'member', 'chain']) {
      test(`F-44: refuse a metric with the label ${label}, which says who shows it`, () => {
        for (const kind of ['counter', 'gauge', 'histogram'] as const) {
          const name = kind === 'counter' ? 'btcfed_a_total' : 'btcfed_a_seconds';
          const options = { help, labels: ['kind', label], buckets: [1] };
          assert.throws(() => make()[kind](name, options), new RegExp(`${name} has a label ${label}`));
        }
      });
    }

    test('are forgotten with their series, and counted anew by those that are followed', async () => {
      const metrics = make();
      const counter = metrics.counter('btcfed_a_total', { help, labels: ['kind'] });
      const gauge = metrics.gauge('btcfed_a_bytes', { help, labels: ['kind'] });
      for (const kind of ['x', 'y']) {
        counter.follow(5, { kind });
        gauge.set(7, { kind });
      }
      counter.clear();
      gauge.clear();
      counter.follow(6, { kind: 'y' });
      gauge.set(8, { kind: 'y' });
      assert.deepEqual(await seriesOf(metrics), ['btcfed_a_bytes y 8', 'btcfed_a_total y 6']);
    });

    test('are made once', () => {
      const metrics: Metrics = make();
      metrics.counter('btcfed_a_total', { help });
      assert.throws(() => metrics.counter('btcfed_a_total', { help }));
    });
  });
}

/** The series of the metrics of the test above, with their values. */
async function seriesOf(metrics: PromMetrics | MemoryMetrics): Promise<readonly string[]> {
  if (metrics instanceof PromMetrics) {
    const { body } = await metrics.text();
    return [...body.matchAll(/^(btcfed_\w+){kind="(.)",service="test"} (\d+)$/gm)]
      .map(([, name, kind, value]) => `${name} ${kind} ${value}`)
      .sort();
  }
  return ['btcfed_a_bytes', 'btcfed_a_total'].flatMap((name) =>
    ['x', 'y']
      .filter((kind) => metrics.has(name, { kind }))
      .map((kind) => `${name} ${kind} ${metrics.value(name, { kind })}`),
  );
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

describe('PromMetrics', () => {
  test('F-44: shows what the Node process has open, and no sum that is named like a counter', async () => {
    const { body } = await new PromMetrics({ service: 'test' }).text();
    assert.match(body, /^# TYPE nodejs_active_handles gauge$/m);
    assert.doesNotMatch(body, /_total gauge$/m);
  });

  test('F-44: shows nothing of the Node process that promtool refuses', {
    skip: withoutPromtool,
  }, async () => {
    assert.deepEqual(promtoolComplaints((await new PromMetrics({ service: 'test' }).text()).body), []);
  });

  test('F-44: promtool would refuse a gauge that is named as a part of a histogram', {
    skip: withoutPromtool,
  }, () => {
    const text = '# HELP btcfed_a_count Number.\n# TYPE btcfed_a_count gauge\nbtcfed_a_count 1\n';
    assert.match(promtoolComplaints(text).join(' '), /btcfed_a_count/);
  });

  test('a scrape waits for what is read at it', async () => {
    const metrics = new PromMetrics({ service: 'test' }, 60_000);
    const gauge = metrics.gauge('btcfed_a_height', { help });
    metrics.onScrape(async () => {
      await new Promise(setImmediate);
      gauge.set(3);
    });
    assert.match((await metrics.text()).body, /^btcfed_a_height{service="test"} 3$/m);
  });

  test('a scrape is answered although something that is read at it never comes', async () => {
    const metrics = new PromMetrics({ service: 'test' }, 1);
    metrics.gauge('btcfed_a_height', { help }).set(4);
    metrics.onScrape(() => new Promise<void>(() => {}));
    assert.match((await metrics.text()).body, /^btcfed_a_height{service="test"} 4$/m);
  });

  test('F-44: has no label that nobody told it', async () => {
    const metrics = new PromMetrics({ service: 'signer', member: undefined });
    metrics.gauge('btcfed_a_height', { help }).set(1);
    assert.match((await metrics.text()).body, /^btcfed_a_height{service="signer"} 1$/m);
  });
});

describe('metricsServer', () => {
  test('serves what was counted, and nothing but that', async () => {
    const metrics = new PromMetrics({ service: 'gateway', member: 'm1', chain: 'main' });
    metrics.counter('btcfed_a_total', { help, labels: ['kind'] }).add(2, { kind: 'x' });
    metrics.gauge('btcfed_b_height', { help }).set(9);
    metrics.histogram('btcfed_c_seconds', { help, buckets: [1, 2] }).observe(1.5);
    const kept = metrics.counter('btcfed_d_total', { help, labels: ['kind'] });
    let total = 3;
    metrics.onScrape(() => kept.follow(total, { kind: 'y' }));
    const answer = (target: string) =>
      target === '/readyz?verbose' ? { status: 503, body: 'not yet' } : undefined;
    const server = metricsServer({ at: { host: '127.0.0.1', port: 0 }, metrics, answer });
    await server.start();
    try {
      const base = `http://127.0.0.1:${server.port()}`;
      const response = await fetch(`${base}/metrics`);
      const body = await response.text();
      assert.match(response.headers.get('content-type') ?? '', /text\/plain/);
      assert.match(body, /^btcfed_a_total{kind="x",service="gateway",member="m1",chain="main"} 2$/m);
      assert.match(body, /^btcfed_b_height{service="gateway",member="m1",chain="main"} 9$/m);
      assert.match(body, /^btcfed_c_seconds_bucket{le="2",service="gateway",member="m1",chain="main"} 1$/m);
      assert.match(body, /^process_cpu_seconds_total{service="gateway",member="m1",chain="main"} /m);
      assert.match(body, /^btcfed_d_total{kind="y",service="gateway",member="m1",chain="main"} 3$/m);
      total = 5;
      assert.match(
        await (await fetch(`${base}/metrics`)).text(),
        /^btcfed_d_total{kind="y",service="gateway",member="m1",chain="main"} 5$/m,
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
