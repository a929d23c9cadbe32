import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { PromMetrics } from '#libs/metrics/prom-metrics.ts';
import { describedMetrics } from '#test/support/metrics/metrics-reference.ts';
import { asPrometheusReads } from '#test/support/metrics/panel-query.ts';
import { withoutPromtool } from '#test/support/metrics/promtool.ts';
import { BOARDS, dashboardFiles } from './boards/dashboard-files.ts';
import { DASHBOARD, type Dashboard } from './boards/dashboard-schema.ts';

const FOLDER = join(import.meta.dirname, 'dashboards');
const CHECK_MS_MAX = 60_000;

const committed = new Map(
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const),
);

/** Every panel with the name of its dashboard. */
const panels = BOARDS.flatMap((board) => board.panels.map((panel) => ({ ...panel, of: board.name })));

/** A metric with the matchers after it. */
const SELECTOR = /\b(?<metric>[a-z][a-z0-9_]*_[a-z0-9_]+)\{(?<matchers>[^}]*)\}/g;

/** Labels of the process that shows a series (libs/metrics/metrics.ts). */
const OF_PROCESS = ['service', 'member', 'chain'];

/** The labels that a series has beside those of its process, by the metric; of histograms by the names of their series. */
async function knownSeries(): Promise<ReadonlyMap<string, readonly string[]>> {
  const own = [...describedMetrics().values()].flatMap(({ name, type, labels = [] }) =>
    type === 'histogram'
      ? [[`${name}_bucket`, [...labels, 'le']] as const, [`${name}_sum`, labels] as const]
      : [[name, labels] as const],
  );
  const { body } = await new PromMetrics({ service: 'consensus' }).text();
  const ofNode = [...body.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => {
    return [type === 'histogram' ? `${name}_sum` : String(name), []] as const;
  });
  return new Map<string, readonly string[]>([...ofNode, ...own]);
}

describe('F-44: the dashboards', () => {
  let known: ReadonlyMap<string, readonly string[]>;
  before(async () => {
    known = await knownSeries();
  });

  test('are five, and what the program writes: "npm run dashboards" writes them', () => {
    assert.deepEqual([...committed.keys()], [...dashboardFiles().keys()].sort());
    assert.equal(committed.size, 5);
    for (const [name, text] of dashboardFiles()) assert.equal(committed.get(name), text, name);
  });

  test('are what Grafana loads: each file keeps to the schema', () => {
    for (const [name, text] of committed) {
      const { success, error } = DASHBOARD.safeParse(JSON.parse(text));
      assert.ok(success, `${name}: ${error?.message}`);
    }
  });

  for (const [what, spoil] of [
    ['without an identity', ({ uid: _, ...rest }: Dashboard) => rest],
    ['with a panel that has no place', (good: Dashboard) => withPanel(good, { gridPos: undefined })],
    [
      'with a panel over the edge',
      (good: Dashboard) => withPanel(good, { gridPos: { h: 4, w: 12, x: 18, y: 0 } }),
    ],
    ['with a panel without a query', (good: Dashboard) => withPanel(good, { targets: [] })],
    [
      'with a source of its own',
      (good: Dashboard) => withPanel(good, { datasource: { type: 'prometheus', uid: 'mine' } }),
    ],
    ['without the choice of a chain', (good: Dashboard) => ({ ...good, templating: { list: [] } })],
    ['with a field that Grafana does not know', (good: Dashboard) => ({ ...good, pannels: [] })],
  ] as const) {
    test(`and the schema refuses one ${what}`, () => {
      const good = DASHBOARD.parse(JSON.parse(committed.get('host.json') ?? ''));
      assert.equal(DASHBOARD.safeParse(spoil(good)).success, false);
    });
  }

  test('have panels that nobody mistakes for another, and that do not lie upon each other', () => {
    for (const [name, text] of committed) {
      const placed = DASHBOARD.parse(JSON.parse(text)).panels;
      assert.equal(new Set(placed.map(({ title }) => title)).size, placed.length, name);
      assert.equal(new Set(placed.map(({ id }) => id)).size, placed.length, name);
      for (const one of placed) {
        const upon = placed.find((other) => other !== one && overlap(one.gridPos, other.gridPos));
        assert.equal(upon, undefined, `${name}: ${one.title} lies upon ${upon?.title}`);
      }
    }
  });

  test('ask only for metrics that the services show, by labels that these have, and by no value of a label that is fixed', () => {
    for (const { of, title, query } of panels) {
      const asked = [...query.matchAll(SELECTOR)].map(({ groups }) => groups ?? {});
      assert.ok(asked.length > 0, `${of}: ${title}`);
      const named = query.match(/\b(?:btcfed|process|nodejs)_\w+/g) ?? [];
      assert.equal(asked.length, named.length, `${of}: ${title} asks for all members of all chains`);
      for (const { metric = '', matchers = '' } of asked) {
        assert.ok(known.has(metric), `${of}: ${title} asks for ${metric}, which no service shows`);
        const [chain, member, ...others] = matchers.split(',');
        assert.deepEqual([chain, member], ['chain="$chain"', 'member=~"$member"'], `${of}: ${title}`);
        const labels = others.map((matcher) => matcher.split(/[=!]/)[0] ?? '');
        assert.deepEqual(
          labels.filter((label) => ![...OF_PROCESS, ...(known.get(metric) ?? [])].includes(label)),
          [],
        );
      }
    }
  });

  test('group and name series by labels that these have', () => {
    for (const { of, title, query, legend } of panels) {
      const metrics = [...query.matchAll(SELECTOR)].map(({ groups }) => groups?.['metric'] ?? '');
      const labels = [...OF_PROCESS, ...metrics.flatMap((metric) => known.get(metric) ?? [])];
      const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
      const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      for (const label of [...grouped, ...named])
        assert.ok(labels.includes(label), `${of}: ${title}: ${label}`);
      if (query.includes(' by (')) {
        assert.deepEqual(
          named.filter((label) => !grouped.includes(label)),
          [],
          `${of}: ${title}`,
        );
      }
    }
  });

  test('take the rate of counters alone', () => {
    const counters = new Set(
      [...describedMetrics().values()].filter(({ type }) => type === 'counter').map(({ name }) => name),
    );
    for (const { of, title, query } of panels) {
      for (const [, metric = ''] of query.matchAll(/\brate\((\w+)\{/g)) {
        const isCounter = counters.has(metric) || /_(?:bucket|sum|total)$/.test(metric);
        assert.ok(isCounter, `${of}: ${title}`);
      }
    }
  });

  test('show each metric of the services in some panel', () => {
    const shown = new Set(panels.flatMap(({ query }) => query.match(/\bbtcfed_\w+/g) ?? []));
    const nowhere = [...describedMetrics().keys()].filter(
      (name) => !shown.has(name) && !shown.has(`${name}_bucket`),
    );
    assert.deepEqual(nowhere, []);
  });

  test('are PromQL, as promtool reads it', { skip: withoutPromtool }, () => {
    const rules = panels.map(({ query }, index) => ({
      record: `panel:${index}`,
      expr: asPrometheusReads(query),
    }));
    using folder = mkdtempDisposableSync(join(tmpdir(), 'btcfed-panels-'));
    const file = join(folder.path, 'panels.yaml');
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    const run = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8', timeout: CHECK_MS_MAX });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
  });
});

function withPanel(good: Dashboard, change: Readonly<Record<string, unknown>>): unknown {
  const [first, ...others] = good.panels;
  return { ...good, panels: [{ ...first, ...change }, ...others] };
}

type Place = Dashboard['panels'][number]['gridPos'];

function overlap(one: Place, other: Place): boolean {
  const isBeside = one.x + one.w <= other.x || other.x + other.w <= one.x;
  const isAbove = one.y + one.h <= other.y || other.y + other.h <= one.y;
  return !isBeside && !isAbove;
}
