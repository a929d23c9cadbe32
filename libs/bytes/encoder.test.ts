import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Encoder } from './encoder.ts';
import { fromHex, toHex } from './hex.ts';
import { sha256Hex } from './sha256.ts';

interface Vector {
  readonly name: string;
  readonly fields: readonly { readonly kind: string; readonly value: string | number }[];
  readonly hex: string;
  readonly sha256: string;
}

const VECTORS_FILE = new URL('../../test/vectors/encoder.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(VECTORS_FILE, 'utf8')) as { vectors: Vector[] };

const bytesOf = (hex: string | number): Uint8Array => fromHex(String(hex)) ?? assert.fail(`bad hex ${hex}`);

const WRITE: Record<string, (encoder: Encoder, value: string | number) => unknown> = {
  u32: (encoder, value) => encoder.u32(Number(value)),
  u64: (encoder, value) => encoder.u64(BigInt(value)),
  fixed: (encoder, value) => encoder.fixed(bytesOf(value), bytesOf(value).length),
  prefixed: (encoder, value) => encoder.prefixed(bytesOf(value)),
  text: (encoder, value) => encoder.text(String(value)),
};

describe('Encoder', () => {
  for (const { name, fields, hex, sha256 } of vectors) {
    test(`gives the bytes of the vector: ${name}`, () => {
      const encoder = new Encoder();
      for (const { kind, value } of fields) WRITE[kind]!(encoder, value);
      const bytes = encoder.finish();
      assert.equal(toHex(bytes), hex);
      assert.equal(sha256Hex(bytes), sha256);
    });
  }

  test('gives the bytes of its parts one after another, however long they are, and keeps none of them', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 700 }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.string({ unit: 'binary', maxLength: 300 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const encoder = new Encoder();
        for (const each of parts) {
          if (typeof each === 'bigint') encoder.u64(each);
          else if (typeof each === 'string') encoder.text(each);
          else encoder.prefixed(each);
        }
        const bytes = encoder.finish();
        new Encoder().prefixed(new Uint8Array(400));
        assert.equal(toHex(bytes), parts.map(plainly).join(''));
        assert.equal(bytes.buffer.byteLength, bytes.length);
      }),
    );
  });

  test('gives different bytes to different lists of parts', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 4 });
    const encode = (list: readonly Uint8Array[]): string => {
      const encoder = new Encoder();
      for (const part of list) encoder.prefixed(part);
      return toHex(encoder.finish());
    };
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = JSON.stringify(a.map(toHex)) === JSON.stringify(b.map(toHex));
        assert.equal(encode(a) === encode(b), same);
      }),
    );
  });

  for (const value of [-1, 2 ** 32, 0.5, Number.NaN]) {
    test(`refuses ${value} as a u32`, () => {
      assert.throws(() => new Encoder().u32(value), /not a u32/);
    });
  }

  for (const value of [-1n, 2n ** 64n]) {
    test(`refuses ${value} as a u64`, () => {
      assert.throws(() => new Encoder().u64(value), /not a u64/);
    });
  }

  test('refuses fixed bytes of another length', () => {
    assert.throws(() => new Encoder().fixed(new Uint8Array(31), 32), /expected 32 bytes, got 31/);
  });
});

function plainly(part: Uint8Array | bigint | string): string {
  if (typeof part === 'bigint') return part.toString(16).padStart(16, '0');
  const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
  return bytes.length.toString(16).padStart(8, '0') + toHex(bytes);
}
