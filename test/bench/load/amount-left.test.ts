import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { amountLeft } from './amount-left.ts';

describe('the amount that a client hands in', () => {
  test('is so many transactions, the last batch being the rest', () => {
    const next = amountLeft({ amount: { kind: 'transactions', count: 250 }, batch: 100 }, 0);
    assert.deepEqual([next(0), next(1e9), next(0), next(0)], [100, 100, 50, 0]);
  });

  test('is whole batches until the time is over', () => {
    const next = amountLeft({ amount: { kind: 'time', seconds: 2 }, batch: 100 }, 5_000);
    assert.deepEqual([next(5_000), next(6_999), next(7_000), next(9_000)], [100, 100, 0, 0]);
  });

  test('is nothing where none are asked for', () => {
    assert.equal(amountLeft({ amount: { kind: 'transactions', count: 0 }, batch: 100 }, 0)(0), 0);
  });
});
