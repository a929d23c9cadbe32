import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from './bounded-map.ts';

test('a full map forgets its oldest entry for a new one, and tells of it', () => {
  const forgotten: string[] = [];
  const map = new BoundedMap<number, string>(2, (value) => forgotten.push(value));
  map.set(1, 'one');
  map.set(2, 'two');
  map.set(2, 'two again');
  assert.deepEqual([map.size, forgotten], [2, []]);
  map.set(3, 'three');
  assert.deepEqual([map.size, forgotten, map.get(1), map.get(2)], [2, ['one'], undefined, 'two again']);
  assert.deepEqual([map.take(2), map.take(2), map.size], ['two again', undefined, 1]);
});
