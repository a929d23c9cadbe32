import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Costs, TimedCluster } from './timed-cluster.ts';

/** slh-dsa-sha2-128f as measured (BENCHMARKS.md), on a member with four cores in a data centre of its own. */
const COSTS: Costs = {
  signMs: 11.43,
  verifyMs: 0.73,
  cores: 4,
  signatureBytes: 17_088,
  bitsPerSecond: 10e9,
  latencyMs: 25,
};
const MEMBERS = 512;

test('A5-05 A5-06 FED-15 at 512 members a block is decided within ten seconds, on lines of ten gigabit', () => {
  const cluster = new TimedCluster(MEMBERS, COSTS);
  const tookMs = cluster.decideOne();
  assert.ok(tookMs <= 10_000, `${tookMs} ms`);
  // Four messages of the leader to each, and three votes and a report of each: linear (A5-03).
  assert.ok(cluster.messages <= 9 * MEMBERS, `${cluster.messages} messages`);
  // The bandwidth of the leader counts: three certificates of 342 signatures for each other member.
  const certificates = 3 * 342 * COSTS.signatureBytes * (MEMBERS - 1);
  assert.ok(cluster.bytes >= certificates && cluster.bytes <= 1.1 * certificates, `${cluster.bytes} bytes`);
  const lineMs = (8_000 * certificates) / COSTS.bitsPerSecond;
  assert.ok(tookMs >= lineMs && tookMs <= 1.5 * lineMs, `${tookMs} ms, of them ${lineMs} for the line`);
});

test('A5-05 at 64 members it takes less than three seconds on lines of one gigabit', () => {
  const tookMs = new TimedCluster(64, { ...COSTS, bitsPerSecond: 1e9 }).decideOne();
  assert.ok(tookMs < 3_000, `${tookMs} ms`);
});
