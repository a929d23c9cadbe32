import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, equalBytes } from '#libs/bytes/bytes.ts';
import { JOINED_VIEW_BYTES_MAX } from '../../core/limits.ts';
import { joinSmall } from './join-small.ts';

const viewOf = (sizeBytes: number, mark = 1): Uint8Array => new Uint8Array(sizeBytes).fill(mark);

describe('small views', () => {
  test('become one with their neighbours, and large ones stay where they lie', () => {
    const large = viewOf(JOINED_VIEW_BYTES_MAX + 1);
    const joined = joinSmall([viewOf(4), viewOf(JOINED_VIEW_BYTES_MAX), large, viewOf(4), viewOf(9), large]);
    assert.deepEqual(
      joined.map(({ length }) => length),
      [JOINED_VIEW_BYTES_MAX + 4, large.length, 13, large.length],
    );
    assert.ok(joined[1] === large && joined[3] === large);
  });

  test('are not copied where there is one of them alone', () => {
    const [head, payload] = [viewOf(4), viewOf(20_000)];
    const joined = joinSmall([head, payload]);
    assert.ok(joined[0] === head && joined[1] === payload && joined.length === 2);
  });

  test('never stand beside each other, and all bytes stay in order, whatever their sizes', () => {
    const sizes = fc.array(fc.oneof(fc.nat(50), fc.integer({ min: 4_000, max: 5_000 })), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, (each) => {
        const views = each.map((size, mark) => viewOf(size, mark));
        const joined = joinSmall(views);
        assert.ok(equalBytes(concatBytes(joined), concatBytes(views)));
        const large = views.filter(({ length }) => length > JOINED_VIEW_BYTES_MAX).length;
        assert.ok(joined.length <= 2 * large + 1);
      }),
    );
  });

  test('are none where none were given', () => {
    assert.deepEqual(joinSmall([]), []);
  });
});
