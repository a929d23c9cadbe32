import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTraceId, traceIdBytes, traceIdFromBytes, traceIdOf } from './trace-id.ts';

test('P2P-93 a trace id goes through text and bytes and back', () => {
  const id = newTraceId();
  assert.equal(traceIdOf(id), id);
  assert.equal(traceIdFromBytes(traceIdBytes(id)), id);
  assert.notEqual(newTraceId(), id);
  assert.deepEqual([...traceIdBytes(undefined)], []);
});

for (const text of [undefined, '', 'a'.repeat(31), 'a'.repeat(33), 'A'.repeat(32), `${'a'.repeat(31)}\n`]) {
  test(`P2P-93 ${JSON.stringify(text)} is no trace id`, () => assert.equal(traceIdOf(text), undefined));
}

for (const length of [0, 15, 17]) {
  test(`P2P-93 ${length} bytes are no trace id`, () => {
    assert.equal(traceIdFromBytes(new Uint8Array(length)), undefined);
  });
}
