import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIAL_BURST, DIALS_PER_SECOND, LEARNED_DIAL_BURST } from '../core/connection-limits.ts';
import { DialBudget } from './dial-budget.ts';

test('P2P-78 dials beyond the burst wait for those before them, and patient ones for patient ones alone', () => {
  const budget = new DialBudget(() => 0);
  for (let count = 0; count < LEARNED_DIAL_BURST; count++) assert.equal(budget.bookMs(true), 0);
  assert.ok(budget.bookMs(true) > 0);
  for (let count = 0; count < DIAL_BURST; count++) assert.equal(budget.bookMs(false), 0);
  const waits = [budget.bookMs(false), budget.bookMs(false)];
  assert.ok((waits[1] ?? 0) > (waits[0] ?? 0) && (waits[0] ?? 0) >= 1_000 / DIALS_PER_SECOND - 1);
});

test('P2P-16 dials that wait are brought forward once, and again after a while', () => {
  let nowMs = 0;
  const budget = new DialBudget(() => nowMs);
  assert.deepEqual([budget.mayHurry(), budget.mayHurry()], [true, false]);
  nowMs = 10_000;
  assert.ok(budget.mayHurry());
});
