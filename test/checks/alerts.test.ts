import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { documentedNames, REFERENCE_PAGE } from '#test/support/metrics/metrics-reference.ts';
import { withoutPromtool } from '#test/support/metrics/promtool.ts';
import { SERVICE_METRICS } from '#test/support/metrics/service-metrics.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Rules {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly runbook_url: string };
    }[];
  }[];
}

test('HS-51 alerts name only metrics that the services have, and cover safety and degradation', () => {
  const { groups } = parse(read('deploy/monitoring/alerts.yaml')) as Rules;
  assert.deepEqual(
    groups.map(({ name }) => name),
    ['btcfed-safety', 'btcfed-degradation'],
  );
  const shown = new Set(
    Object.keys(SERVICE_METRICS).flatMap((service) => documentedNames(service, read(REFERENCE_PAGE))),
  );
  for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
    const named = expr.match(/btcfed_[a-z_]+/g) ?? [];
    // A service that is down shows nothing: Prometheus itself says of it that it is not up.
    assert.ok(named.length > 0 || expr === 'up{job="btcfed"} == 0', alert);
    for (const metric of named) {
      const isKnown = shown.has(metric.replace(/_bucket$/, ''));
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

test('F-44: each alert comes under its fault alone, as promtool evaluates them', {
  skip: withoutPromtool,
}, () => {
  const run = spawnSync('promtool', ['test', 'rules', 'deploy/monitoring/alerts.tests.yaml'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
});

test('promtool takes the configuration of Prometheus, which loads these alerts', {
  skip: withoutPromtool,
}, () => {
  const run = spawnSync('promtool', ['check', 'config', 'deploy/monitoring/prometheus.yaml'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
  assert.match(run.stdout, new RegExp(`SUCCESS: ${allRules().length} rules found`));
});

interface Look {
  readonly expr: string;
  readonly exp_samples?: readonly { readonly labels: string }[];
}

test('F-44: each alert has a test in which it fires, among all that do', () => {
  const { tests } = parse(read('deploy/monitoring/alerts.tests.yaml')) as {
    readonly tests: readonly { readonly promql_expr_test?: readonly Look[] }[];
  };
  const looks = tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test);
  assert.ok(looks.every(({ expr }) => expr === 'ALERTS{alertstate="firing"}'));
  const firing = looks.flatMap(({ exp_samples = [] }) => exp_samples.map(({ labels }) => labels));
  for (const { alert, labels } of allRules()) {
    const own = firing.filter((each) => each.startsWith(`ALERTS{alertname="${alert}", alertstate="firing"`));
    assert.ok(own.length > 0, alert);
    for (const each of own) assert.ok(each.includes(`severity="${labels.severity}"`), each);
  }
});

const RUNBOOKS = 'deploy/monitoring/runbooks.md';

const allRules = () =>
  (parse(read('deploy/monitoring/alerts.yaml')) as Rules).groups.flatMap(({ rules }) => rules);

/** The sections of the runbooks, by their heading. */
function sections(): ReadonlyMap<string, string> {
  const [, ...parts] = read(RUNBOOKS).split(/^## /m);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end)];
    }),
  );
}

test('F-44: each alert says whether it wakes somebody, and all of safety do', () => {
  const { groups } = parse(read('deploy/monitoring/alerts.yaml')) as Rules;
  for (const { name, rules } of groups) {
    for (const { alert, labels } of rules) {
      const allowed = name === 'btcfed-safety' ? ['page'] : ['page', 'ticket'];
      assert.ok(allowed.includes(labels?.severity), `${alert}: ${labels?.severity}`);
    }
  }
});

test('F-44: each alert leads to its own section of the runbooks, and each section belongs to an alert', () => {
  for (const { alert, annotations } of allRules())
    assert.equal(
      annotations.runbook_url,
      `{{ or $externalLabels.runbooks "${RUNBOOKS}" }}#${alert.toLowerCase()}`,
    );
  assert.deepEqual(
    [...sections().keys()].sort(),
    allRules()
      .map(({ alert }) => alert)
      .sort(),
  );
});

test('F-44: each runbook tells the cause, what shows it with a command or a query, and the cure', () => {
  for (const [alert, text] of sections()) {
    const [, cause = '', check = '', cure = ''] =
      /^\*Cause:\* (.+?)^\*Check:\* (.+?)^\*Cure:\* (.+)/ms.exec(text) ?? [];
    assert.ok(cause.length > 40 && cure.length > 40, alert);
    assert.match(check, /^```(?:sh)?\n.+?^```$/ms, alert);
  }
});

test('F-44: a runbook asks only for metrics that there are', () => {
  const page = read(REFERENCE_PAGE);
  for (const metric of read(RUNBOOKS).match(/\bbtcfed_[a-z_]+/g) ?? [])
    assert.ok(page.includes(`| \`${metric.replace(/_bucket$/, '')}\` |`), metric);
});
