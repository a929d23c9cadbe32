import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureFinality } from './finality.ts';

test('F-63: HS-37 E2E-10 five members make transactions final one after another; that 99 of 100 take less than 3 s is for npm run e2e:long', async () => {
  const { transactions, p50Ms, p99Ms } = await measureFinality(4);
  assert.equal(transactions, 4);
  assert.ok(p50Ms <= p99Ms);
});
