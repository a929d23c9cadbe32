import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CORE_FRAME_BYTES_MAX } from '../words/limits.ts';
import { CoreFrameReader, type Frame, frameBytes } from './core-frames.ts';

const anyFrame = fc.record({
  call: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  byte: fc.integer({ min: 0, max: 255 }),
  patienceMs: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  content: fc.uint8Array({ maxLength: 300 }),
});

const plain = ({ call, byte, patienceMs, content }: Frame) => [call, byte, patienceMs, [...content]];

describe('frames between edge and core', () => {
  test('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.integer({ min: 1, max: 64 }), (frames, size) => {
        const stream = Buffer.concat(frames.map(frameBytes));
        const reader = new CoreFrameReader(CORE_FRAME_BYTES_MAX);
        const found: Frame[] = [];
        for (let start = 0; start < stream.length; start += size) {
          found.push(...reader.push(stream.subarray(start, start + size)));
        }
        assert.deepEqual(found.map(plain), frames.map(plain));
      }),
    );
  });

  for (const length of [0, 8, CORE_FRAME_BYTES_MAX + 1, 2 ** 32 - 1]) {
    test(`of ${length} bytes are refused before anything is kept for them`, () => {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(length, 0);
      assert.throws(() => new CoreFrameReader(CORE_FRAME_BYTES_MAX).push(head), RangeError);
    });
  }
});
