import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prng } from '#libs/random/prng.ts';
import { SENDS_PER_SHUFFLE, SendOrder } from './send-order.ts';

const ALL: readonly number[] = Array.from({ length: 10 }, (_, index) => index);
const ascending = (order: readonly number[]): readonly number[] => [...order].sort((a, b) => a - b);

function orderOf(seed: number): SendOrder<number> {
  const random = prng(seed);
  return new SendOrder(() => random.next());
}

describe('the order in which frames for all are sent', () => {
  test('TW-2.1.8: stays for 100 frames, then it is another one of the same peers', () => {
    const order = orderOf(1);
    const walks = Array.from({ length: 2 * SENDS_PER_SHUFFLE }, () => order.next(ALL).join());
    assert.equal(SENDS_PER_SHUFFLE, 100);
    assert.equal(new Set(walks.slice(0, 100)).size, 1);
    assert.equal(new Set(walks.slice(100)).size, 1);
    assert.notEqual(walks[0], walks[100]);
    for (const walk of [walks[0], walks[100]]) {
      assert.deepEqual(ascending((walk ?? '').split(',').map(Number)), ALL);
    }
  });

  test('TW-2.1.8: has each peer at each place as often as any other', () => {
    const order = orderOf(2);
    const firsts = ALL.map(() => 0);
    const rounds = 2_000;
    for (let round = 0; round < rounds; round++) {
      const [first = -1] = order.next([...ALL]);
      firsts[first] = (firsts[first] ?? 0) + 1;
    }
    const [least, most] = [Math.min(...firsts), Math.max(...firsts)];
    assert.ok(least > 140 && most < 260, `${firsts}`);
  });

  test('TW-2.1.8: has a peer that came and none that left, at once', () => {
    const order = orderOf(3);
    order.next(ALL);
    assert.deepEqual(ascending(order.next([...ALL, 10])), [...ALL, 10]);
    assert.deepEqual(ascending(order.next([3, 4])), [3, 4]);
    assert.deepEqual(order.next([]), []);
  });
});
