import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { transactionsPage } from './block-page.ts';

const sized = (sizes: readonly number[]): readonly Transaction[] =>
  sizes.map((size) => transactionOf(new Uint8Array(size)));

describe('a page of the transactions of a block', () => {
  test('F-37: holds what there is room for, and says where the next one begins', () => {
    const transactions = sized([100, 100, 100]);
    const page = (first: number) => transactionsPage(transactions, { first, bytesMax: 220 });
    assert.deepEqual([page(0).transactions.length, page(0).next], [2, 2]);
    assert.deepEqual([page(2).transactions.length, page(2).next], [1, 0]);
    assert.deepEqual([page(3).transactions.length, page(3).next], [0, 0]);
  });

  test('F-37: holds one at least, so that every transaction comes', () => {
    const page = transactionsPage(sized([900, 900]), { first: 0, bytesMax: 10 });
    assert.deepEqual([page.transactions.length, page.next], [1, 1]);
  });

  test('all pages together are the block, whatever its transactions', () => {
    const block = fc.record({ sizes: fc.array(fc.nat(300), { maxLength: 40 }), bytesMax: fc.nat(500) });
    fc.assert(
      fc.property(block, ({ sizes, bytesMax }) => {
        const transactions = sized(sizes);
        const read: Uint8Array[] = [];
        for (let first = 0, pages = 0; pages === 0 || first > 0; pages++) {
          const page = transactionsPage(transactions, { first, bytesMax });
          read.push(...page.transactions);
          first = page.next;
          assert.ok(pages <= sizes.length);
        }
        assert.deepEqual(
          read,
          transactions.map(({ bytes }) => bytes),
        );
      }),
    );
  });
});
