import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stream } from '@libp2p/interface';
import { makeWindowLazy } from './lazy-window.ts';

const ESTABLISHED = 3;
const SYN_RECEIVED = 2;

/** A stream of yamux as far as its window goes. */
function streamOf(recvWindowCapacity: number, state = ESTABLISHED) {
  let updates = 0;
  const stream = { state, recvWindow: 100, recvWindowCapacity, sendWindowUpdate: () => updates++ };
  makeWindowLazy(stream as unknown as Stream);
  stream.sendWindowUpdate();
  return updates;
}

test('F-15: a stream gives room again when half of its window is used, and says at once that it is open', () => {
  assert.deepEqual(
    [99, 51, 50, 0].map((capacity) => streamOf(capacity)),
    [0, 0, 1, 1],
  );
  assert.equal(streamOf(100, SYN_RECEIVED), 1);
});

test('a stream that hides its window is refused', () => {
  assert.throws(() => makeWindowLazy({} as Stream), /hides the window/);
});
