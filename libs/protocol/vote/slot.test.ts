import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { HOTSTUFF_TABLE } from '../hotstuff/vote-table.ts';
import { slotName, slotNamed, slotOf } from './slot.ts';
import type { VoteTable } from './vote-table.ts';

const EPOCH = toEpoch(2n);

function nameOf(table: VoteTable, kind: string, instance: bigint, view: bigint): string {
  return slotName(slotOf(EPOCH, { kind, instance, view: toView(view) }, table));
}

describe('the slot of a statement', () => {
  test('is one for kinds that exclude each other, whatever the name, and another one for all else', () => {
    const yes = nameOf(ROUNDS_TABLE, 'prepare', 5n, 1n);
    assert.equal(nameOf(ROUNDS_TABLE, 'reject', 5n, 1n), yes);
    for (const [kind, instance, view] of [
      ['commit', 5n, 1n],
      ['leave', 5n, 1n],
      ['reject', 6n, 1n],
      ['reject', 5n, 0n],
      ['constructor', 5n, 1n],
    ] as const) {
      assert.notEqual(nameOf(ROUNDS_TABLE, kind, instance, view), yes, kind);
    }
  });

  test('has the names of kinds where no two share one, so that records of keys stay as they are', () => {
    for (const kind of Object.keys(HOTSTUFF_TABLE.kinds)) {
      assert.equal(nameOf(HOTSTUFF_TABLE, kind, 0n, 7n), `2/0/7/${kind}`);
      assert.equal(slotNamed(`2/0/7/${kind}`).kind, kind);
    }
  });
});
