import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  documentedNames,
  metricsReference,
  REFERENCE_PAGE,
} from '#test/support/metrics/metrics-reference.ts';
import { SERVICE_METRICS } from '#test/support/metrics/service-metrics.ts';

const page = readFileSync(join(import.meta.dirname, '../..', REFERENCE_PAGE), 'utf8');

test('F-44: the page of the metrics is what the services make: "npm run metrics" writes it', () => {
  assert.equal(page, metricsReference());
});

test('F-44: the page has each service with its own metrics and those that all have', () => {
  for (const service of Object.keys(SERVICE_METRICS)) {
    const names = documentedNames(service, page);
    // The process that runs the services shows what it knows of them, and nothing of itself.
    assert.equal(names.includes('btcfed_build_info'), service !== 'node', service);
    assert.ok(
      names.some((name) => name.startsWith(`btcfed_${service}_`)),
      service,
    );
    const others = Object.keys(SERVICE_METRICS).filter((other) => other !== service);
    assert.deepEqual(
      names.filter((name) => others.some((other) => name.startsWith(`btcfed_${other}_`))),
      [],
    );
  }
});
