import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EmptyBlocks, isWork } from './empty-blocks.ts';

/** Each policy, by what waits: nothing, a root, a change, a transaction; and a transaction beside a root. */
const TABLE: Readonly<Record<EmptyBlocks, readonly boolean[]>> = {
  never: [false, false, true, true, true],
  proof: [false, true, true, true, true],
  always: [true, true, true, true, true],
};

const NOTHING = { transactions: false, change: false, root: false };
const PENDING = [
  NOTHING,
  { ...NOTHING, root: true },
  { ...NOTHING, change: true },
  { ...NOTHING, transactions: true },
  { ...NOTHING, transactions: true, root: true },
];

for (const policy of ['never', 'proof', 'always'] as const) {
  test(`a chain that makes empty blocks "${policy}" has work as the table says`, () => {
    assert.deepEqual(
      PENDING.map((pending) => isWork(policy, pending)),
      TABLE[policy],
    );
  });
}
