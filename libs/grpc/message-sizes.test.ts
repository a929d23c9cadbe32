import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MessageSizes } from './message-sizes.ts';

test('the sizes of messages are read however their bytes are cut', () => {
  const cut = fc.record({
    sizes: fc.array(fc.nat(40), { maxLength: 6 }),
    step: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(cut, ({ sizes, step }) => {
      const stream = Buffer.concat(
        sizes.map((size) => {
          const head = Buffer.alloc(5);
          head.writeUInt32BE(size, 1);
          return Buffer.concat([head, Buffer.alloc(size, 0xff)]);
        }),
      );
      const reader = new MessageSizes();
      const read: number[] = [];
      for (let at = 0; at < stream.length; at += step)
        read.push(...reader.read(stream.subarray(at, at + step)));
      assert.deepEqual(read, sizes);
    }),
  );
});
