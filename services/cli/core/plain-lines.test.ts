import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLines } from './plain-lines.ts';

test('facts for people stand in one column: words and bytes bare, what is absent named, the rest as JSON', () => {
  const facts = { name: 'm0', key: Uint8Array.of(1, 255), height: 7n, lock: undefined, marks: [1n, 2n] };
  assert.deepEqual(plainLines(facts), [
    'name    m0',
    'key     01ff',
    'height  7',
    'lock    none',
    'marks   [1,2]',
  ]);
});
