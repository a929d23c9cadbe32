import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyTable } from './latency-table.ts';

const ROW = {
  ...{ cores: 4, viewTimeoutMs: 4_000, failedViews: 1, decisions: 3, p50Ms: 4_410.4, p99Ms: 4_500.6 },
  ...{ timeoutMs: 4_000, restP50Ms: 410.4, restP99Ms: 500.6, leaderUplinkBytes: 1_543_796 },
  ...{ busiestUplinkBytes: 12_400_000, busiestCpuMs: 175.3, allCpuMs: 601, allBytes: 5, messages: 43 },
};

test('rows are cells of Markdown, and a decision that never comes says why', () => {
  const undecided = { views: 5, unsaid: 0, largestUnsaidBytes: 0 };
  const tooLarge = { ...undecided, unsaid: 9, largestUnsaidBytes: 17_400_000 };
  const lost = { cores: 2, viewTimeoutMs: 4_000, failedViews: 3 };
  const lines = latencyTable([ROW, { ...lost, undecided }, { ...lost, undecided: tooLarge }]).split('\n');
  assert.equal(lines[2], '| 4 | 1 | 4410 | 4501 | 4000 | 410 | 501 | 1.54 | 12 | 175 | 601 |');
  assert.match(lines[3] ?? '', /^\| 2 \| 3 \| never: 5 views \|/);
  assert.match(lines[4] ?? '', /never: 9 messages up to 17 MB are too large to send/);
  assert.equal(new Set(lines.map((line) => line.split('|').length)).size, 1);
});
