import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hasMoreFields } from './field-count.ts';

/** A field with bytes in it, of fewer than 128. */
const field = (...inside: readonly number[]): number[] => [0x0a, inside.length, ...inside];
const EMPTY = field();

function countOf(bytes: readonly number[], depth = 3): number {
  const message = Uint8Array.from(bytes);
  let count = 0;
  while (hasMoreFields(message, count, depth)) count += 1;
  return count;
}

describe('the fields of a message', () => {
  test('P2P-77 are counted in all levels that are asked for, whatever their types', () => {
    const number = [0x10, 0x96, 0x01];
    const fixed = [0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4];
    assert.equal(countOf([]), 0);
    assert.equal(countOf([...number, ...fixed]), 3);
    assert.equal(countOf(field(...field(...EMPTY, ...EMPTY), ...number)), 5);
    assert.equal(countOf(field(...field(...EMPTY, ...EMPTY), ...number), 2), 3);
    assert.equal(countOf(field(...field(...field(...EMPTY)))), 3);
  });

  test('P2P-77 end where the bytes are no message any more', () => {
    for (const rest of [[0x0a, 5, 1], [0x0a], [0x80], [0x0b, 0], new Array(11).fill(0xff)]) {
      assert.ok(countOf([...EMPTY, ...EMPTY, ...rest]) <= 3);
    }
  });

  test('P2P-77 are counted of any bytes, without a throw and in time that the bound holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat({ max: 500 }), (bytes, most) => {
        const more = hasMoreFields(bytes, most, 3);
        assert.ok(!more || bytes.length > 0);
        assert.equal(hasMoreFields(bytes, 3 * bytes.length, 3), false);
      }),
    );
  });
});
