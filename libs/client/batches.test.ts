import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digestBytes } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import {
  type SubmittedTransaction,
  TransactionState,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { BATCH_BYTES_MAX, BATCH_TRANSACTIONS_MAX, batchesOf, placesFrom, submittedFrom } from './batches.ts';

async function* answersOf(...answers: readonly (readonly number[])[]) {
  for (const items of answers)
    yield { header: undefined, places: items.map((item) => ({ item, height: 7n, index: item })) };
}

async function itemsOf(asked: number, ...answers: readonly (readonly number[])[]) {
  const items: number[] = [];
  for await (const places of placesFrom(answersOf(...answers), asked))
    items.push(...places.map(({ item }) => item));
  return items;
}

describe('places of many transactions', () => {
  test('come as the member tells them, each once', async () => {
    assert.deepEqual(await itemsOf(3, [2], [0, 1]), [2, 0, 1]);
  });

  for (const [fault, answers] of [
    ['an end before the last', [[0]]],
    ['no answer at all', []],
    ['an answer without a place', [[0], []]],
    ['a place told twice', [[0], [0]]],
    ['a place that was not asked for', [[2]]],
  ] as const) {
    test(`are not believed with ${fault}`, async () => {
      await assert.rejects(() => itemsOf(2, ...answers), { detail: { code: 'CLIENT_ANSWER_INVALID' } });
    });
  }
});

describe('results of many transactions', () => {
  const [apple, pear] = [Buffer.from('apple'), Buffer.from('pear')] as const;
  const resultOf = (bytes: Uint8Array, facts: Partial<SubmittedTransaction> = {}): SubmittedTransaction => ({
    transactionHash: digestBytes(transactionOf(bytes).hash),
    state: TransactionState.PENDING,
    refusal: undefined,
    ...facts,
  });
  const refusal = { code: 'CONSENSUS_MEMPOOL_FULL', message: 'full', reason: '' };
  const read = (...results: SubmittedTransaction[]) =>
    submittedFrom({ header: undefined, results }, [apple, pear]);

  test('are the states and refusals of each, by its own hash', () => {
    const { UNSPECIFIED: state } = TransactionState;
    assert.deepEqual(
      read(resultOf(apple, { state: TransactionState.FINAL }), resultOf(pear, { state, refusal })),
      [
        { hash: transactionOf(apple).hash, state: 'final' },
        { hash: transactionOf(pear).hash, state: 'refused', refusal },
      ],
    );
  });

  for (const [fault, results] of [
    ['too few', [resultOf(apple)]],
    ['too many', [resultOf(apple), resultOf(pear), resultOf(pear)]],
    ['the hash of another transaction', [resultOf(apple), resultOf(apple)]],
    ['a hash that is none', [resultOf(apple), resultOf(pear, { transactionHash: new Uint8Array(31) })]],
    ['neither state nor refusal', [resultOf(apple), resultOf(pear, { state: TransactionState.UNSPECIFIED })]],
  ] as const) {
    test(`are not believed with ${fault}`, () => {
      assert.throws(() => read(...results), { detail: { code: 'CLIENT_ANSWER_INVALID' } });
    });
  }
});

test('batches are cut in order, at the count and at the bytes of a call; a transaction above them is alone', () => {
  const sizes = (...transactions: readonly number[]) =>
    batchesOf(transactions.map((bytes) => new Uint8Array(bytes))).map((batch) =>
      batch.map(({ length }) => length),
    );
  assert.deepEqual(sizes(), []);
  const half = BATCH_BYTES_MAX / 2;
  assert.deepEqual(sizes(half, half, 1), [[half, half], [1]]);
  assert.deepEqual(sizes(1, BATCH_BYTES_MAX + 1, 1), [[1], [BATCH_BYTES_MAX + 1], [1]]);
  const many = sizes(...Array<number>(BATCH_TRANSACTIONS_MAX + 1).fill(1));
  assert.deepEqual(
    many.map(({ length }) => length),
    [BATCH_TRANSACTIONS_MAX, 1],
  );
});
