import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { toHeight } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { PROVEN_BLOCKS_MAX } from './limits.ts';
import { ProvenBlocks } from './proven-blocks.ts';

test('keeps the blocks that were asked for last, and no more', () => {
  const proven = new ProvenBlocks();
  const loaded: number[] = [];
  const ask = (height: number) =>
    proven.transaction(toHeight(BigInt(height)), 0, () => {
      loaded.push(height);
      const transactions = [transactionOf(Uint8Array.of(height))];
      return { transactions, before: EMPTY_FRONTIER, after: EMPTY_FRONTIER };
    });
  for (let height = 1; height <= PROVEN_BLOCKS_MAX; height++) ask(height);
  assert.deepEqual(ask(1)?.transaction.bytes, Uint8Array.of(1));
  assert.equal(loaded.length, PROVEN_BLOCKS_MAX, 'height 1 was kept');
  ask(99);
  ask(1);
  assert.equal(loaded.length, PROVEN_BLOCKS_MAX + 1, 'height 1 is still kept: it was asked for after 2');
  ask(2);
  assert.deepEqual(loaded.slice(-2), [99, 2], 'height 2 was not');
});
