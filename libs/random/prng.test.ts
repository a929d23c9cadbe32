import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Prng, prng } from './prng.ts';

const VECTOR_SEED_1 = [0.7146292170169345, 0.027874078071522312, 0.1671138091116776];
const VECTOR_SEED_1_NETWORK = [0.5452174290168215, 0.8366439247872026, 0.28638044390646267];

function draw(random: Prng, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.next());
}

describe('prng', () => {
  test('gives the numbers that its documented algorithm gives', () => {
    // Computed by an independent sfc32 in Python (hashlib, 32-bit masks).
    assert.deepEqual(draw(prng(1), 3), VECTOR_SEED_1);
    assert.deepEqual(draw(prng(1).stream('network'), 3), VECTOR_SEED_1_NETWORK);
  });

  test('repeats itself for one seed and differs for another', () => {
    assert.deepEqual(draw(prng('a'), 50), draw(prng('a'), 50));
    assert.notDeepEqual(draw(prng('a'), 50), draw(prng('b'), 50));
    assert.deepEqual(draw(prng(7n), 5), draw(prng(7), 5));
  });

  test('gives a stream that does not depend on what was drawn before', () => {
    const used = prng(3);
    draw(used, 17);
    draw(used.stream('disk'), 5);
    assert.deepEqual(draw(used.stream('network'), 9), draw(prng(3).stream('network'), 9));
  });

  test('keeps names of streams apart, also across levels', () => {
    const streams = [
      prng(3),
      prng('3/a'),
      prng(3).stream('a'),
      prng(3).stream('a').stream('b'),
      prng(3).stream('a/b'),
    ];
    assert.equal(new Set(streams.map((stream) => stream.next())).size, streams.length);
  });

  test('draws whole numbers from the range, both ends included', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -1e9, max: 1e9 }), fc.nat(1e6), (seed, min, span) => {
        const value = prng(seed).int(min, min + span);
        return Number.isInteger(value) && value >= min && value <= min + span;
      }),
    );
    const random = prng(5);
    const seen = new Set(Array.from({ length: 200 }, () => random.int(2, 5)));
    assert.deepEqual([...seen].sort(), [2, 3, 4, 5]);
  });

  test('is even enough for a simulation', () => {
    const random = prng('even');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) counts[Math.floor(random.next() * 10)]! += 1;
    for (const count of counts) assert.ok(count > 850 && count < 1150, `uneven: ${counts}`);
  });

  test('treats a probability of 0 as never and of 1 as always', () => {
    const random = prng(9);
    for (let i = 0; i < 500; i++) {
      assert.equal(random.chance(0), false);
      assert.equal(random.chance(1), true);
    }
  });

  test('shuffles into a permutation and leaves the argument alone', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, array) => {
        const before = [...array];
        const shuffled = prng(seed).shuffle(array);
        assert.deepEqual(array, before);
        assert.deepEqual([...shuffled].sort(), [...array].sort());
      }),
    );
    const orders = new Set(Array.from({ length: 200 }, (_, seed) => prng(seed).shuffle([1, 2, 3]).join()));
    assert.equal(orders.size, 6);
  });

  test('picks every element sooner or later', () => {
    const random = prng(11);
    assert.equal(new Set(Array.from({ length: 100 }, () => random.pick('abcd'.split('')))).size, 4);
  });

  test('refuses an empty choice, an empty range and a bad probability', () => {
    assert.throws(() => prng(1).pick([]), /nothing to pick/);
    assert.throws(() => prng(1).int(2, 1), /empty range/);
    assert.throws(() => prng(1).int(0.5, 1), /whole numbers/);
    assert.throws(() => prng(1).chance(1.01), /probability/);
    assert.throws(() => prng(1).chance(Number.NaN), /probability/);
  });
});
