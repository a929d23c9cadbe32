import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyValue } from './key-value.ts';

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const pairOf = (text: string): string => latin(keyValue(Buffer.from(text, 'latin1')));

describe('a transaction for the kvstore', () => {
  test('has one sign of equality, in the middle, and keeps its length', () => {
    assert.equal(pairOf('abcdef'), 'abc=ef');
    assert.equal(pairOf('abc'), 'a=c');
  });

  test('has no other sign that the kvstore reads', () => {
    assert.equal(pairOf('=b:d==g:'), '\u{bd}b\u{ba}d=\u{bd}g\u{ba}');
  });

  test('leaves the given bytes as they are', () => {
    const given = Buffer.from('a=b:c');
    keyValue(given);
    assert.equal(given.toString(), 'a=b:c');
  });

  test('refuses bytes that have no room for key and value', () => {
    assert.throws(() => pairOf('ab'), /^Error: a transaction of 2 bytes has no room for key=value: 3/);
  });
});
