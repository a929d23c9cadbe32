import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzFederation } from './fuzz.ts';

test('a member takes nonsense at every door, from strangers and from a member, and goes on agreeing', async () => {
  const { faults, streams } = await fuzzFederation({ seed: 1, perTarget: 8, rounds: 1 });
  assert.deepEqual(faults, []);
  assert.ok(streams > 0, 'some of it got through to the parsers');
});
