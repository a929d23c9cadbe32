import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictOf } from './verdict.ts';

const ended = (name: string, passed: boolean) => ({ name, passed });
const GOOD = [ended('ROW-1 a', true), ended('ROW-1 b', true)];

test('a mutation is caught by a test of its row that passes without it, and by nothing else', () => {
  const by = (after: Parameters<typeof verdictOf>[1], before = GOOD) => verdictOf(before, after).is;
  assert.deepEqual(verdictOf(GOOD, [GOOD[0]!, ended('ROW-1 b', false)]), { is: 'caught', by: 'ROW-1 b' });
  assert.equal(by(GOOD), 'survived');
  assert.equal(by(undefined), 'does not apply');
  assert.equal(by([], []), 'no verdict');
  assert.equal(by([ended('ROW-1 a', false)], [ended('ROW-1 a', false)]), 'no verdict');
  assert.equal(by([ended('another', false)]), 'no verdict', 'the file did not load');
});
