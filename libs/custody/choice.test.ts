import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDigest } from '#libs/chain/ids.ts';
import { type Choice, eitherOf, leavesOpen } from './choice.ts';
import { CHOICES_MAX } from './limits.ts';

const blocks = Array.from({ length: CHOICES_MAX + 1 }, (_, at) =>
  toDigest(at.toString(16).padStart(64, '0')),
);
const [A, B, C] = blocks;
assert.ok(A !== undefined && B !== undefined && C !== undefined);
const ANY: Choice = { only: undefined };

test('either of two choices leaves open what one of them does', () => {
  const both = eitherOf({ only: [A] }, { only: [B] });
  assert.deepEqual(
    [A, B, C, undefined].map((block) => leavesOpen(both, block)),
    [true, true, false, false],
  );
  for (const any of [eitherOf({ only: [A] }, ANY), eitherOf(ANY, { only: [A] })])
    assert.ok([A, C, undefined].every((block) => leavesOpen(any, block)));
  assert.deepEqual(eitherOf({ only: [A] }, { only: [A] }), { only: [A] });
});

test('of too many blocks the newest are kept', () => {
  const all = blocks.map((block): Choice => ({ only: [block] })).reduce(eitherOf);
  assert.deepEqual(all, { only: blocks.slice(1) });
});
