import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHeight } from '#libs/chain/ids.ts';
import { RANGE_BLOCKS_MAX } from '../ports/range-limits.ts';
import { endOfRange } from './range-end.ts';

const end = (from: number, size: number): bigint => endOfRange(toHeight(BigInt(from)), size);

test('a large range ends at the next height whose certificate every member keeps', () => {
  assert.deepEqual([end(1, 128), end(100, 128), end(101, 128), end(250, 128)], [100n, 100n, 200n, 300n]);
});

test('a smaller one ends at a multiple of its size, or there', () => {
  assert.deepEqual([end(1, 64), end(65, 64), end(101, 64), end(129, 64)], [64n, 100n, 128n, 192n]);
  assert.deepEqual([end(7, 1), end(7, 2), end(97, 8)], [7n, 8n, 100n]);
});

test('no range is empty, larger than asked for, or over a multiple of 100', () => {
  const sizes = fc.constantFrom(1, 2, 4, 8, 16, 32, 64, RANGE_BLOCKS_MAX);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), sizes, (from, size) => {
      const to = Number(end(from, size));
      assert.ok(to >= from && to - from < size);
      assert.equal(Math.ceil(from / 100), Math.ceil(to / 100));
    }),
  );
});
