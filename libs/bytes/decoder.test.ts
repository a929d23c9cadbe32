import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Decoder } from './decoder.ts';
import { Encoder } from './encoder.ts';

describe('Decoder', () => {
  test('reads what an encoder wrote', () => {
    const any = fc.tuple(
      fc.nat(65_535),
      fc.nat(),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.uint8Array({ minLength: 7, maxLength: 7 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(any, ([u16, u32, u64, fixed, prefixed, text]) => {
        const encoder = new Encoder()
          .u16(u16)
          .u32(u32)
          .u64(u64)
          .fixed(fixed, 7)
          .prefixed(prefixed)
          .text(text);
        const decoder = new Decoder(encoder.finish());
        assert.deepEqual(
          [
            decoder.u16(),
            decoder.u32(),
            decoder.u64(),
            decoder.fixed(7),
            decoder.prefixed(40),
            decoder.text(40),
          ],
          [u16, u32, u64, fixed, prefixed, text],
        );
        assert.equal(decoder.isWhole, true);
      }),
    );
  });

  test('reads a view of a larger buffer, and gives copies', () => {
    const frame = Buffer.from([9, 9, 0, 0, 0, 7, 1, 2, 9]);
    const decoder = new Decoder(frame.subarray(2, 8));
    assert.equal(decoder.u32(), 7);
    const copy = decoder.fixed(2);
    frame.fill(0);
    assert.deepEqual(copy, Uint8Array.of(1, 2));
  });

  test('is not whole while bytes are left', () => {
    const decoder = new Decoder(Uint8Array.of(0, 0, 0, 1, 0));
    assert.equal(decoder.u32(), 1);
    assert.equal(decoder.isWhole, false);
  });

  test('is spoilt for good by a read beyond the end', () => {
    const decoder = new Decoder(Uint8Array.of(1, 2));
    assert.equal(decoder.u32(), 0);
    assert.deepEqual(decoder.fixed(2), new Uint8Array(0));
    assert.equal(decoder.isWhole, false);
  });

  test('is spoilt by a length above its bound, before anything is copied', () => {
    const decoder = new Decoder(new Encoder().prefixed(new Uint8Array(5)).finish());
    assert.equal(decoder.prefixed(4).length, 0);
    assert.equal(decoder.isWhole, false);
  });
});
