import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { withoutPromtool } from '#test/support/metrics/promtool.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Rules {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: { readonly summary: string };
    }[];
  }[];
}

test('HS-51 alerts name only metrics that the services have, and cover safety and degradation', () => {
  const { groups } = parse(read('deploy/monitoring/alerts.yaml')) as Rules;
  assert.deepEqual(
    groups.map(({ name }) => name),
    ['btcfed-safety', 'btcfed-degradation'],
  );
  const files = globSync('services/**/{*metrics*,follow-*}.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] });
  const sources = files.map(read).join('\n');
  for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
    const named = expr.match(/btcfed_[a-z_]+/g) ?? [];
    assert.ok(named.length > 0, alert);
    for (const metric of named) {
      const [, service, rest] = /^btcfed_([a-z]+)_(.+?)(?:_bucket)?$/.exec(metric) ?? [];
      const isKnown = sources.includes(`btcfed_${service}_${rest}`) || sources.includes(`'${rest}'`);
      assert.ok(isKnown, `${alert} asks for ${metric}, which no service shows`);
    }
  }
});

test('TW-2.9.3: slow phases, failed views and transactions that wait are alerts of degradation, and each says what to look at', () => {
  const { groups } = parse(read('deploy/monitoring/alerts.yaml')) as Rules;
  const rules = groups.find(({ name }) => name === 'btcfed-degradation')?.rules ?? [];
  for (const [alert, expr] of [
    ['PhasesSlow', /^histogram_quantile\(0\.95, .*btcfed_consensus_phase_seconds_bucket\[15m\]\)\)\) > 5$/],
    ['ViewsTimeOut', /^increase\(btcfed_consensus_view_timeouts_total\[10m\]\) > 10$/],
    [
      'TransactionsWait',
      /btcfed_consensus_mempool_transactions > 0 and .*btcfed_consensus_blocks_total\[5m\]\) == 0$/,
    ],
  ] as const) {
    const rule = rules.find((each) => each.alert === alert) ?? assert.fail(alert);
    assert.match(rule.expr, expr);
    assert.match(rule.annotations.summary, /\.$/);
  }
});

test('what a signer says that a person must look at at once is an alert of safety', () => {
  const { groups } = parse(read('deploy/monitoring/alerts.yaml')) as Rules;
  const safety = groups.find(({ name }) => name === 'btcfed-safety')?.rules.map(({ expr }) => expr) ?? [];
  for (const paged of [
    'increase(btcfed_signer_conflicts_total[10m]) > 0',
    'increase(btcfed_signer_fenced_total[10m]) > 0',
    'increase(btcfed_signer_fault_detected_total[10m]) > 0',
    'btcfed_signer_signing_info == 0',
  ]) {
    assert.ok(safety.includes(paged), paged);
  }
});

test('alerts that compare two metrics come under their fault alone, as promtool evaluates them', {
  skip: withoutPromtool,
}, () => {
  const run = spawnSync('promtool', ['test', 'rules', 'deploy/monitoring/alerts.tests.yaml'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
});

test('each alert that compares two metrics has such a test', () => {
  const { groups } = parse(read('deploy/monitoring/alerts.yaml')) as Rules;
  const tested = read('deploy/monitoring/alerts.tests.yaml');
  for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
    const metrics = new Set(expr.match(/btcfed_[a-z_]+/g));
    if (metrics.size > 1 && !expr.includes(' offset '))
      assert.ok(tested.includes(`alertname: ${alert}\n`), alert);
  }
});
