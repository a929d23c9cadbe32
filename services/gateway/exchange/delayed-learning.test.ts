import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DelayedLearning } from './delayed-learning.ts';
import { LEARN_DELAY_MS } from './rules/exchange-limits.ts';

test('peers that are found close together are dialled once, a little later, and none after the end', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let learned = 0;
  const learning = new DelayedLearning(() => {
    learned += 1;
  });
  learning.soon();
  context.mock.timers.tick(LEARN_DELAY_MS / 2);
  learning.soon();
  assert.equal(learned, 0);
  context.mock.timers.tick(LEARN_DELAY_MS / 2);
  assert.equal(learned, 1);
  context.mock.timers.tick(LEARN_DELAY_MS);
  assert.equal(learned, 1);
  learning.soon();
  learning.stop();
  learning.soon();
  context.mock.timers.tick(2 * LEARN_DELAY_MS);
  assert.equal(learned, 1);
});
