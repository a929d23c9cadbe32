import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trendOf } from './trend.ts';

const MINUTE_MS = 60_000;

describe('trendOf', () => {
  test('finds nothing in what stays as it is', () => {
    assert.deepEqual(trendOf(Array(40).fill(100), 1_000), { before: 100, after: 100, perMinute: 0 });
  });

  test('leaves warming up out of account', () => {
    const values = [...Array(10).fill(1), ...Array(30).fill(100)];
    assert.deepEqual(trendOf(values, 1_000), { before: 100, after: 100, perMinute: 0 });
  });

  test('finds growth, and tells it by the minute', () => {
    const values = Array.from({ length: 40 }, (_, at) => 100 + 2 * at);
    const { before, after, perMinute } = trendOf(values, MINUTE_MS / 2);
    assert.ok(Math.abs(perMinute - 4) < 1e-9);
    assert.equal(before, 129);
    assert.equal(after, 169);
  });

  test('has an answer for a run that was too short', () => {
    assert.deepEqual(trendOf([5], 1_000), { before: 0, after: 0, perMinute: 0 });
  });
});
