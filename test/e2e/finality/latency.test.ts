import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureFinality } from './finality.ts';

test('F-63: HS-37 E2E-10 five members make transactions final one after another; that 99 of 100 take less than 3 s is for npm run e2e:long', async () => {
  const { heights } = await measureFinality(4);
  assert.equal(heights.length, 4);
  // Each was handed in when the one before was final.
  assert.deepEqual(
    heights,
    [...new Set(heights)].sort((a, b) => Number(a - b)),
  );
});
