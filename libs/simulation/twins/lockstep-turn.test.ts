import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toView } from '#libs/chain/ids.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { turnAmong } from './lockstep-turn.ts';

const at = (instance: bigint, view: bigint) => ({ instance, view: toView(view) });

test('a turn is its view where views run across heights, wherever the instances are', () => {
  assert.deepEqual(
    turnAmong(3, HOTSTUFF_TABLE, () => [at(0n, 9n), at(0n, 1n)]),
    at(0n, 3n),
  );
});

test('a turn ends at the newest position of an instance where heights have views of their own', () => {
  assert.deepEqual(
    turnAmong(3, ROUNDS_TABLE, () => [at(2n, 5n), at(3n, 0n), at(2n, 9n)]),
    at(3n, 0n),
  );
  assert.deepEqual(
    turnAmong(3, ROUNDS_TABLE, () => [at(2n, 5n), at(2n, 6n)]),
    at(2n, 6n),
  );
});
