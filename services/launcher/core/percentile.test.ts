import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { percentile, tenths } from './percentile.ts';

describe('percentile', () => {
  test('takes the nearest rank, whatever the order', () => {
    const values = [5, 1, 4, 2, 3];
    assert.equal(percentile(values, 50), 3);
    assert.equal(percentile(values, 99), 5);
    assert.equal(percentile(values, 1), 1);
    assert.equal(percentile([7], 99), 7);
  });

  test('is undefined when nothing was measured', () => {
    assert.equal(percentile([], 50), undefined);
  });

  test('is a measured value that at least that share does not exceed', () => {
    const values = fc.array(fc.integer(), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const found = percentile(all, percent);
        assert.ok(found !== undefined && all.includes(found));
        assert.ok(all.filter((value) => value <= found).length * 100 >= percent * all.length);
        assert.ok(all.filter((value) => value < found).length * 100 < percent * all.length);
      }),
    );
  });

  test('refuses what is no percentage', () => {
    assert.throws(() => percentile([1], 0));
    assert.throws(() => percentile([1], 101));
  });
});

test('tenths keeps one digit', () => {
  assert.equal(tenths(12.3456), 12.3);
  assert.equal(tenths(0.05), 0.1);
});
