import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stream } from '@libp2p/interface';
import { makeWindowLazy } from './lazy-window.ts';

const ESTABLISHED = 3;
const SYN_RECEIVED = 2;

/** How often a stream of yamux says that there is room again when it is told to once. */
function updatesOf({ recvWindowCapacity = 0, state = ESTABLISHED, readStatus = 'readable' }) {
  let updates = 0;
  const stream = {
    state,
    readStatus,
    recvWindow: 100,
    recvWindowCapacity,
    sendWindowUpdate: () => updates++,
  };
  makeWindowLazy(stream as unknown as Stream);
  stream.sendWindowUpdate();
  return updates;
}

test('F-15: a stream gives room again when half of its window is used, and says at once that it is open', () => {
  assert.deepEqual(
    [99, 51, 50, 0].map((recvWindowCapacity) => updatesOf({ recvWindowCapacity })),
    [0, 0, 1, 1],
  );
  assert.equal(updatesOf({ recvWindowCapacity: 100, state: SYN_RECEIVED }), 1);
});

test('F-15: a stream that rests gives no room, whatever yamux takes it for, but says that it is open', () => {
  assert.equal(updatesOf({ readStatus: 'paused' }), 0);
  assert.equal(updatesOf({ readStatus: 'paused', state: SYN_RECEIVED }), 1);
});

test('a stream that hides its window is refused', () => {
  assert.throws(() => makeWindowLazy({} as Stream), /hides the window/);
});
