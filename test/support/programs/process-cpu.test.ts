import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuSeconds } from './process-cpu.ts';

test('cpuSeconds grows with work, and adds processes up', () => {
  const before = cpuSeconds([process.pid]);
  let sum = 0;
  for (let round = 0; round < 2e7; round += 1) sum += Math.sqrt(round);
  assert.ok(sum > 0);
  const used = cpuSeconds([process.pid]) - before;
  assert.ok(used > 0.001, String(used));
  assert.ok(cpuSeconds([process.pid, process.pid]) >= 2 * before);
});
