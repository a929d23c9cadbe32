import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from './fifo.ts';

describe('fifo', () => {
  test('behaves like an array that is pushed and shifted', () => {
    const operation = fc.oneof(
      { weight: 3, arbitrary: fc.nat() },
      { weight: 2, arbitrary: fc.constant('take' as const) },
    );
    fc.assert(
      fc.property(fc.array(operation, { size: 'large', maxLength: 1000 }), (operations) => {
        const fifo = new Fifo<number>();
        const model: number[] = [];
        for (const each of operations) {
          if (each === 'take') assert.equal(fifo.take(), model.shift());
          else fifo.push(model[model.push(each) - 1] ?? 0);
          assert.equal(fifo.size, model.length);
        }
      }),
    );
  });

  test('gives the space of taken items back', () => {
    const fifo = new Fifo<number>();
    for (let index = 0; index < 10_000; index++) {
      fifo.push(index);
      assert.equal(fifo.take(), index);
    }
    assert.equal(fifo.take(), undefined);
  });
});
