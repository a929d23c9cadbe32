import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RECURRING_MS, RECURRING_TOPICS_MAX } from './core-limits.ts';
import { Recurring } from './recurring.ts';

test('F-65: says what happens again once a minute, each topic by itself, with how often it happened', () => {
  let nowMs = 0;
  const recurring = new Recurring(() => nowMs);
  assert.deepEqual([recurring.note('a'), recurring.note('a'), recurring.note('b')], [1, undefined, 1]);
  nowMs = RECURRING_MS;
  assert.deepEqual([recurring.note('a'), recurring.note('a')], [2, undefined]);
  nowMs = 3 * RECURRING_MS;
  assert.deepEqual([recurring.note('a'), recurring.note('b')], [2, 1]);
});

test('F-65: remembers and says no more than so many topics a minute, whatever happens', () => {
  let nowMs = 0;
  const recurring = new Recurring(() => nowMs);
  const said = (): number => {
    const topics = Array.from({ length: 2 * RECURRING_TOPICS_MAX }, (_, index) => `topic ${index}`);
    return topics.filter((topic) => recurring.note(topic) !== undefined).length;
  };
  assert.deepEqual([said(), said()], [RECURRING_TOPICS_MAX, 0]);
  nowMs = RECURRING_MS;
  assert.deepEqual([said(), said()], [RECURRING_TOPICS_MAX, 0]);
});
