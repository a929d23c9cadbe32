import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberingVerify } from './remembering-verify.ts';

const [KEY, OTHER] = [Uint8Array.of(1), Uint8Array.of(2)];
const GOOD = Uint8Array.of(7);

function counted(capacity: number) {
  const asked: Uint8Array[] = [];
  const verify = rememberingVerify((publicKey, _, [first]) => {
    asked.push(publicKey);
    return first === 7;
  }, capacity);
  return { asked, verify };
}

test('a signature that holds is verified once, and one that does not is verified each time', () => {
  const { asked, verify } = counted(4);
  assert.deepEqual([verify(KEY, KEY, GOOD), verify(KEY, KEY, GOOD)], [true, true]);
  assert.equal(asked.length, 1);
  assert.deepEqual([verify(KEY, KEY, OTHER), verify(KEY, KEY, OTHER)], [false, false]);
  assert.equal(asked.length, 3);
  verify(OTHER, KEY, GOOD);
  verify(KEY, OTHER, GOOD);
  assert.equal(asked.length, 5);
});

test('what was asked for longest ago is forgotten first', () => {
  const { asked, verify } = counted(1);
  for (const key of [KEY, OTHER, OTHER, KEY]) assert.ok(verify(key, KEY, GOOD));
  assert.deepEqual(asked, [KEY, OTHER, KEY]);
});
