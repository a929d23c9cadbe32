import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Quota } from './quota.ts';

test('a quota lets a burst through, then its rate, and never saves up more than a burst', () => {
  const quota = new Quota({ burst: 3, perSecond: 2 }, 0);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => quota.take(0)),
    [true, true, true, false],
  );
  assert.equal(quota.take(499), false);
  assert.equal(quota.take(500), true);
  assert.equal(quota.take(500), false);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => quota.take(1_000_000)),
    [true, true, true, false],
  );
});
