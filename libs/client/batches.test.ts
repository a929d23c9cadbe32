import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { placesFrom } from './batches.ts';

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
