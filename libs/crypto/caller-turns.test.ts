import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { CallerTurns } from './caller-turns.ts';

/** Works that note which piece ran, whose pieces end when they are told. */
function fixture(options: { readonly permits: number; readonly waitingEachMax: number }) {
  const turns = new CallerTurns(options);
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const serve = (name: string, caller?: string, pieces = 1): boolean => {
    let left = pieces;
    const begin = () => {
      left -= 1;
      order.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    return turns.serve({ hasMore: () => left > 0, begin }, caller);
  };
  const finishAll = async () => {
    for (let end = ends.shift(); end !== undefined; end = ends.shift()) {
      end();
      await setImmediate();
    }
  };
  return { turns, order, serve, finishAll, running: () => ends.length };
}

describe('CallerTurns', () => {
  test('begins the works of one caller in order of arrival, and their pieces in turn', async () => {
    const { serve, order, finishAll } = fixture({ permits: 1, waitingEachMax: 10 });
    serve('a', 'one', 3);
    serve('b', 'one');
    serve('c', 'one', 2);
    await finishAll();
    assert.deepEqual(order, ['a', 'a', 'b', 'c', 'a', 'c']);
  });

  test('A.44: a caller that floods delays another by one piece only', async () => {
    const { serve, order, finishAll } = fixture({ permits: 1, waitingEachMax: 20 });
    for (let i = 0; i < 20; i++) serve('flood', 'flood', 50);
    serve('honest', 'honest', 2);
    await finishAll();
    assert.deepEqual(order.slice(0, 5), ['flood', 'flood', 'honest', 'flood', 'honest']);
    assert.equal(order.length, 1_002);
  });

  test('A.44: a caller that has nothing waiting finds room, however many others have filled theirs', async () => {
    const { serve, turns, order, finishAll } = fixture({ permits: 1, waitingEachMax: 2 });
    for (let liar = 0; liar < 600; liar++) for (let i = 0; i < 9; i++) serve('lie', `liar ${liar}`, 3);
    assert.equal(turns.waiting, 1_200, 'two of each, and no more');
    assert.equal(serve('honest', 'honest'), true);
    await finishAll();
    assert.ok(order.indexOf('honest') <= 601, 'after one piece of each of the others');
  });

  test('F-01: has room for what is its own, and bounds it as that of any caller', () => {
    const { serve } = fixture({ permits: 1, waitingEachMax: 2 });
    serve('running', 'a');
    for (const caller of ['a', 'a', 'b', 'b', undefined, undefined])
      assert.equal(serve('waits', caller), true);
    for (const caller of ['a', 'b', undefined]) assert.equal(serve('one too many', caller), false);
  });

  test('gives one work as many permits as are free, and one place while it waits', async () => {
    const { serve, turns, running, finishAll } = fixture({ permits: 4, waitingEachMax: 1 });
    assert.equal(serve('large', 'a', 9), true);
    assert.deepEqual([running(), turns.waiting], [4, 1]);
    assert.equal(serve('second', 'a'), false);
    await finishAll();
    assert.equal(turns.waiting, 0);
  });

  test('gives no place to a work whose last piece has begun, and drops one that turns out to be over', async () => {
    const { turns, serve, order, finishAll } = fixture({ permits: 1, waitingEachMax: 1 });
    serve('running', 'a');
    assert.equal(turns.waiting, 0);
    assert.equal(turns.serve({ hasMore: () => true, begin: () => undefined }, 'b'), true);
    serve('next', 'c');
    await finishAll();
    assert.deepEqual([order, turns.waiting], [['running', 'next'], 0]);
    assert.equal(serve('after', 'b'), true);
    assert.deepEqual(order, ['running', 'next', 'after']);
  });

  test('refuses to be without bound', () => {
    assert.throws(() => new CallerTurns({ permits: 0, waitingEachMax: 1 }), { name: 'AssertionError' });
    assert.throws(() => new CallerTurns({ permits: 1, waitingEachMax: -1 }), { name: 'AssertionError' });
  });
});
