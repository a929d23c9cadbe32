import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toView } from '#libs/chain/ids.ts';
import { comparePositions, type Position, positionBefore, positionText } from './position.ts';

const at = (instance: bigint, view: bigint): Position => ({ instance, view: toView(view) });
const anyPosition = fc
  .tuple(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: 3n }))
  .map((numbers) => at(...numbers));

test('a position is below another of a later instance, whatever the views; views count within one', () => {
  assert.ok(comparePositions(at(1n, 9n), at(2n, 0n)) < 0);
  assert.ok(comparePositions(at(2n, 0n), at(2n, 1n)) < 0);
  assert.equal(comparePositions(at(2n, 1n), at(2n, 1n)), 0);
});

test('positions are in one total order', () => {
  fc.assert(
    fc.property(anyPosition, anyPosition, anyPosition, (a, b, c) => {
      assert.ok(Math.sign(comparePositions(a, b)) + Math.sign(comparePositions(b, a)) === 0);
      if (comparePositions(a, b) <= 0 && comparePositions(b, c) <= 0) assert.ok(comparePositions(a, c) <= 0);
    }),
  );
});

test('the position before one is the last below it, and the very first has none', () => {
  assert.deepEqual(positionBefore(at(0n, 0n)), at(0n, 0n));
  assert.deepEqual(positionBefore(at(3n, 2n)), at(3n, 1n));
  assert.deepEqual(positionBefore(at(3n, 0n)), at(2n, 2n ** 64n - 1n));
  fc.assert(
    fc.property(anyPosition, anyPosition, (a, b) => {
      if (comparePositions(a, b) < 0) assert.ok(comparePositions(a, positionBefore(b)) <= 0);
    }),
  );
});

test('a position in words names its height where each height has views of its own', () => {
  assert.equal(positionText({ instance: 0n, view: toView(7n) }), 'view 7');
  assert.equal(positionText({ instance: 5n, view: toView(0n) }), 'view 0 of height 5');
});
