import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concatBytes } from '#libs/bytes/bytes.ts';
import { encodeHello, judgeHello } from './hello.ts';

const TAG = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe('hello', () => {
  test('is the version and the chain tag', () => {
    assert.equal(Buffer.from(encodeHello(TAG)).toString('hex'), '000000010102030405060708');
  });

  test('of the same chain is accepted, also as a view into other bytes', () => {
    const around = concatBytes([Uint8Array.of(9, 9), encodeHello(TAG), Uint8Array.of(9)]);
    assert.equal(judgeHello(around.subarray(2, 14), TAG), undefined);
  });

  test('of another chain is refused', () => {
    assert.equal(judgeHello(encodeHello(new Uint8Array(8)), TAG), 'another chain');
  });

  test('of another version is refused before its chain is looked at', () => {
    const newer = Buffer.from(encodeHello(new Uint8Array(8)));
    newer.writeUInt32BE(2);
    assert.equal(judgeHello(newer, TAG), 'another wire version');
  });

  test('of any other bytes is refused', () => {
    const own = Buffer.from(encodeHello(TAG));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        assert.equal(judgeHello(bytes, TAG) === undefined, own.equals(bytes));
      }),
    );
    assert.equal(judgeHello(own.subarray(0, 11), TAG), 'malformed hello');
    assert.equal(judgeHello(concatBytes([own, Uint8Array.of(0)]), TAG), 'malformed hello');
  });
});
