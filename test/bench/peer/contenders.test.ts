import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTENDERS, orderOfTurn } from './contenders.ts';

test('each turn measures all once, and in as many turns each is first, second and last once', () => {
  const turns = CONTENDERS.map((_, turn) => orderOfTurn(turn));
  for (const turn of turns) assert.deepEqual(turn.toSorted(), CONTENDERS.toSorted());
  for (const place of CONTENDERS.keys())
    assert.deepEqual(turns.map((turn) => turn[place]).toSorted(), CONTENDERS.toSorted());
  assert.deepEqual(orderOfTurn(CONTENDERS.length), orderOfTurn(0));
});
