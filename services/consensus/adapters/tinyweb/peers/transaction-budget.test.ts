import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TRANSACTION_BODIES_PER_SECOND, TRANSACTION_BYTES_PER_SECOND } from './limits.ts';
import { TransactionBudget } from './transaction-budget.ts';

test('a member brings so many bodies in a second, another as many, and both again a second later', () => {
  let nowMs = 0;
  const budget = new TransactionBudget(() => nowMs);
  const granted = (member: string) =>
    Array.from({ length: 2 * TRANSACTION_BODIES_PER_SECOND }, () => budget.take(member, 10)).filter(Boolean);
  assert.equal(granted('a').length, TRANSACTION_BODIES_PER_SECOND);
  assert.equal(granted('b').length, TRANSACTION_BODIES_PER_SECOND);
  nowMs += 1_000;
  assert.equal(granted('a').length, TRANSACTION_BODIES_PER_SECOND);
});

test('bytes are bounded too, and members that are gone are forgotten', () => {
  const budget = new TransactionBudget(() => 0);
  assert.equal(budget.take('a', TRANSACTION_BYTES_PER_SECOND), true);
  assert.equal(budget.take('a', 1), false);
  budget.keepOnly(new Set(['b']));
  assert.equal(budget.take('a', 1), true);
});
