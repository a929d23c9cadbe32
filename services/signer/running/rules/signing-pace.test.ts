import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SigningPace } from './signing-pace.ts';

test('expects the slowest of the last signatures, for itself and for each round before it, and nothing with none before it', () => {
  const pace = new SigningPace();
  assert.equal(pace.expectedMs(3), 0);
  for (const ms of [10, 40, 20]) pace.took(ms);
  assert.deepEqual([pace.expectedMs(0), pace.expectedMs(1), pace.expectedMs(2)], [0, 80, 120]);
  for (let made = 0; made < 63; made++) pace.took(15);
  assert.equal(pace.expectedMs(1), 40, 'the one of 40 ms is too long ago');
});
