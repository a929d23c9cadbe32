import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from './digest.ts';
import { toDigest } from './ids.ts';

test('a digest is the SHA-256 of its bytes, as what comes from outside must write it', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(digestOf(Buffer.from('abc')), abc);
  assert.equal(toDigest(digestOf(new Uint8Array(0))), digestOf(Buffer.from('')));
});
