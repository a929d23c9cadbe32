import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PromMetrics } from '#libs/metrics/prom-metrics.ts';
import { promtoolComplaints, withoutPromtool } from '#test/support/metrics/promtool.ts';
import { SERVICE_METRICS } from '#test/support/metrics/service-metrics.ts';

const NAMES = { member: 'm0', chain: 'local' };

async function textOf(service: string, measure: (metrics: PromMetrics) => void): Promise<string> {
  const metrics = new PromMetrics({ ...NAMES, service });
  measure(metrics);
  return (await metrics.text()).body;
}

describe('the metrics of each service', () => {
  for (const [service, measure] of Object.entries(SERVICE_METRICS)) {
    test(`F-44: ${service} explains each of its metrics`, async () => {
      const text = await textOf(service, measure);
      assert.ok(text.match(/^# TYPE /gm)?.length === text.match(/^# HELP \S+ \S/gm)?.length, text);
    });

    test(`F-44: promtool takes all of ${service}`, { skip: withoutPromtool }, async () => {
      assert.deepEqual(promtoolComplaints(await textOf(service, measure)), []);
    });

    test(`F-44: every series of ${service} says of which member, chain and service it is`, async () => {
      const series = (await textOf(service, measure)).split('\n').filter((line) => /^[^#]/.test(line));
      assert.ok(series.some((line) => line.startsWith(`btcfed_${service}_`)));
      const labels = [`service="${service}"`, 'member="m0"', 'chain="local"'];
      const nameless = series.filter((line) => !labels.every((label) => line.includes(label)));
      assert.deepEqual(nameless, []);
    });
  }
});
