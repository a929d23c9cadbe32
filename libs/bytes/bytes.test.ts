import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, equalBytes } from './bytes.ts';
import { fromHex, toHex } from './hex.ts';
import { sha256, sha256Hex } from './sha256.ts';

describe('equalBytes', () => {
  test('compares content and length', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    assert.equal(equalBytes(bytes, Buffer.from([0, 1, 2, 3]).subarray(1)), true);
    assert.equal(equalBytes(bytes, new Uint8Array([1, 2, 4])), false);
    assert.equal(equalBytes(bytes, new Uint8Array([1, 2])), false);
    assert.equal(equalBytes(new Uint8Array(), new Uint8Array()), true);
  });
});

describe('concatBytes', () => {
  test('joins the parts in order into bytes of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (parts) => {
        const whole = concatBytes(parts);
        assert.deepEqual(
          [...whole],
          parts.flatMap((part) => [...part]),
        );
      }),
    );
    const part = new Uint8Array([1]);
    const whole = concatBytes([part]);
    part[0] = 2;
    assert.equal(whole[0], 1);
  });
});

describe('hex', () => {
  test('brings any bytes there and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.deepEqual(fromHex(toHex(bytes)), bytes);
      }),
    );
  });

  test('writes a view of a larger buffer, and nothing around it', () => {
    assert.equal(toHex(new Uint8Array([0, 1, 0xab, 3]).subarray(1, 3)), '01ab');
  });

  for (const text of ['0', 'AB', 'zz', '0x00', ' 00', '00 ', '00\n', '0g']) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(fromHex(text), undefined);
    });
  }
});

describe('sha256', () => {
  // FIPS 180-4 examples, and a million times the letter a.
  for (const [text, digest] of [
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ] as const) {
    test(`is right for ${text.length} bytes`, () => {
      assert.equal(sha256Hex(Buffer.from(text)), digest);
      assert.equal(toHex(sha256(Buffer.from(text))), digest);
    });
  }
});
