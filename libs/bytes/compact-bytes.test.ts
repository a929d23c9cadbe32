import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BESIDE_BYTES_MAX, compactBytes, compactTogether } from './compact-bytes.ts';

const FRAME_BYTES = 1_000_000;
/** Bytes of two kinds: those that come over gRPC are Buffers, whose `slice` copies nothing. */
const FRAMES = [new Uint8Array(FRAME_BYTES).fill(7), Buffer.alloc(FRAME_BYTES, 7)];

describe('bytes of a message that are kept', () => {
  for (const frame of FRAMES) {
    const name = frame.constructor.name;

    test(`are a copy where the message, a ${name}, is larger by more than a few bytes`, () => {
      const part = frame.subarray(100, 200);
      const kept = compactBytes(part);
      assert.deepEqual(Uint8Array.from(kept), Uint8Array.from(part));
      assert.equal(kept.buffer.byteLength, part.length);
    });

    test(`stay as they are where little stands beside them in a ${name}`, () => {
      const part = frame.subarray(BESIDE_BYTES_MAX);
      assert.equal(compactBytes(part), part);
      assert.notEqual(compactBytes(part.subarray(1)), part);
      assert.equal(compactBytes(part.subarray(1)).buffer.byteLength, part.length - 1);
    });

    test(`stay as they are where all that is kept together fills a ${name}`, () => {
      const part = frame.subarray(0, 10);
      assert.equal(compactBytes(part, FRAME_BYTES - BESIDE_BYTES_MAX), part);
    });

    test(`share one copy where they are kept together, in their order, and no ${name} stays`, () => {
      frame[0] = 1;
      frame[500] = 2;
      const kept = compactTogether([
        frame.subarray(0, 1),
        frame.subarray(500, 500),
        frame.subarray(500, 502),
      ]);
      assert.deepEqual(
        kept.map((each) => [...each]),
        [[1], [], [2, 7]],
      );
      assert.ok(kept.every(({ buffer }) => buffer.byteLength === 3));
    });
  }

  test('are no copy where parts that are kept together fill their message', () => {
    const frame = new Uint8Array(10_000);
    const parts = [frame.subarray(0, 4_000), frame.subarray(4_000, 9_000)];
    assert.equal(compactTogether(parts), parts);
    assert.deepEqual(compactTogether([]), []);
  });
});
