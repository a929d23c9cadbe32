import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Block, BlockHeader } from '#libs/proto/btcfed/consensus/v1/block.ts';
import { GetBlockResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { wholeBlock } from './block-pages.ts';

const [a, b, c] = ['a', 'b', 'c'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

function page(transactions: readonly Buffer[], nextTransaction: number): GetBlockResponse {
  const header = { ...BlockHeader.create(), height: 7n, transactionCount: 3 };
  return {
    ...GetBlockResponse.create(),
    block: { ...Block.create(), header, transactions },
    nextTransaction,
  };
}

describe('the pages of a block', () => {
  test('F-37: are asked for one after the other, by height', async () => {
    const asked: unknown[] = [];
    const pages = [page([b], 2), page([c], 0)];
    const whole = await wholeBlock(page([a], 1), async (height, first) => {
      asked.push([height, first]);
      return pages.shift() ?? assert.fail();
    });
    assert.deepEqual(whole.block?.transactions, [a, b, c]);
    assert.deepEqual(asked, [
      [7n, 1],
      [7n, 2],
    ]);
  });

  for (const [what, second] of [
    ['an empty page', page([], 1)],
    ['a page that leads back', page([b], 1)],
    ['a page that leaps', page([b], 3)],
    ['a page behind the end', page([b, c, c], 4)],
  ] as const) {
    test(`F-37: end with ${what}, for a member could keep a client busy for ever`, async () => {
      await assert.rejects(
        wholeBlock(page([a], 1), async () => second),
        { detail: { code: 'CLIENT_ANSWER_INVALID' } },
      );
    });
  }

  test('are not asked for where the answer has all', async () => {
    const answer = page([a, b, c], 0);
    assert.equal(await wholeBlock(answer, () => assert.fail()), answer);
  });
});
