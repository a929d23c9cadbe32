import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { newerReport, type ProgressFacts, progressOf } from './progress.ts';
import type { HeightReport } from './reported-heights.ts';

const report = (height: bigint, finalHeight: bigint, by: HeightReport['by'] = 'whereabouts', atMs = 400) => ({
  ...{ by, height: toHeight(height), finalHeight: toHeight(finalHeight), atMs },
});
const UP = { isConnected: true, sinceMs: 0 };

function told(change: Partial<ProgressFacts>) {
  return progressOf({
    ...{ name: 'erin', standing: 'member', own: undefined, link: UP, report: undefined, nowMs: 1_000 },
    ...change,
  });
}

describe('the progress of a member', () => {
  test('is that of its newest report, with how old it is', () => {
    const { stage, height, behind, agoMs, isFetching } = told({ report: report(9n, 10n) });
    assert.deepEqual([stage, height, behind, agoMs, isFetching], ['member', 9n, 1n, 600, false]);
    assert.equal(told({ report: report(12n, 10n) }).behind, 0n, 'it is ahead of this node');
  });

  test('is catching-up from two blocks behind on, by what it reports or asks for', () => {
    assert.equal(told({ report: report(8n, 10n) }).stage, 'catching-up');
    const asking = told({ report: report(8n, 10n, 'asking') });
    assert.deepEqual([asking.stage, asking.isFetching], ['catching-up', true]);
  });

  test('is unreachable without a connection, whatever it reported before', () => {
    for (const link of [undefined, { isConnected: false, sinceMs: 3 }])
      assert.equal(told({ link, report: report(10n, 10n) }).stage, 'unreachable');
  });

  test('is no height where none was heard', () => {
    const { stage, height, behind, agoMs } = told({});
    assert.deepEqual([stage, height, behind, agoMs], ['member', undefined, undefined, undefined]);
  });

  test('is the own height of this node itself, whoever is connected', () => {
    const own = told({ own: { height: 5n, target: 5n }, link: undefined });
    assert.deepEqual([own.stage, own.isConnected, own.height, own.behind], ['member', true, 5n, 0n]);
    assert.equal(told({ own: { height: 5n, target: 9n } }).stage, 'catching-up');
    assert.equal(told({ own: { height: 5n, target: 4n } }).behind, 0n);
  });
});

test('a candidate and a suspended member stay what they are, behind or not, connected or not', () => {
  for (const standing of ['candidate', 'suspended'] as const) {
    for (const link of [UP, undefined])
      assert.equal(told({ standing, link, report: report(1n, 10n) }).stage, standing);
  }
  assert.equal(told({ standing: 'candidate', report: report(1n, 10n) }).behind, 9n);
});

test('of two words the newer one counts', () => {
  const [older, newer] = [report(8n, 10n), report(10n, 10n, 'whereabouts', 500)];
  assert.equal(newerReport(older, newer), newer);
  assert.equal(newerReport(newer, older), newer);
  assert.equal(newerReport(undefined, older), older);
  assert.equal(newerReport(older, undefined), older);
});
