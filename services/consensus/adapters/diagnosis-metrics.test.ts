import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIAGNOSES } from '#libs/diagnosis/codes.ts';
import { type Finding, finding } from '#libs/diagnosis/finding.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { ONLY_FROM_OUTSIDE, OWN_CODES } from '../core/diagnosis/own-codes.ts';
import { diagnosisMetrics } from './diagnosis-metrics.ts';

const NAME = 'btcfed_consensus_diagnosis_info';
const PARTS = { summary: 'It is so.', evidence: [], members: [] };

test('F-44: the gauge of the diagnosis is 1 for the codes that are told and 0 for all others, at each scrape anew', async () => {
  const metrics = new MemoryMetrics();
  let found: readonly Finding[] = [finding('quorum-lost', PARTS), finding('drained', PARTS)];
  diagnosisMetrics(metrics, () => found);
  const ones = () =>
    OWN_CODES.filter((code) => metrics.value(NAME, { code, severity: DIAGNOSES[code].severity }) === 1);
  await metrics.scrape();
  assert.deepEqual(ones(), ['quorum-lost', 'drained']);
  assert.equal(metrics.seriesOf(NAME), OWN_CODES.length);
  found = [finding('members-away', PARTS)];
  await metrics.scrape();
  assert.deepEqual(ones(), ['members-away']);
  assert.equal(metrics.seriesOf(NAME), OWN_CODES.length);
});

test('the gauge has no series for a code that only somebody else can tell: it would say that all is well', () => {
  for (const code of ONLY_FROM_OUTSIDE) assert.ok(!OWN_CODES.includes(code), code);
  assert.equal(OWN_CODES.length + ONLY_FROM_OUTSIDE.size, Object.keys(DIAGNOSES).length);
});
