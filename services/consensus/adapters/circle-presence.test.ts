import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { CirclePresence } from './circle-presence.ts';

const key = (value: number) => new Uint8Array(32).fill(value);

test('a peer that is connected stays so when the circle changes, under the index that it has by then', () => {
  const presence = new CirclePresence(() => 0);
  presence.setConnected(key(3), true);
  assert.deepEqual(presence.connected(), [], 'it is of no circle yet');
  presence.enter({ epoch: toEpoch(0n), keys: [key(1), key(2), key(3)], me: toMemberIndex(0) });
  presence.setConnected(key(2), true);
  assert.deepEqual(presence.connected(), [1, 2]);
  presence.enter({ epoch: toEpoch(1n), keys: [key(1), key(3)], me: toMemberIndex(0) });
  assert.deepEqual(presence.connected(), [1]);
  assert.equal(presence.memberOf(key(3)), 1);
  assert.equal(presence.memberOf(key(2)), undefined);
  presence.setConnected(key(3), false);
  assert.deepEqual(presence.connected(), []);
});

test('nobody is connected once the gateway is gone', () => {
  const presence = new CirclePresence(() => 0);
  presence.enter({ epoch: toEpoch(0n), keys: [key(1), key(2)], me: toMemberIndex(0) });
  presence.setConnected(key(2), true);
  presence.clear();
  assert.deepEqual(presence.connected(), []);
});

test('says since when a peer is connected or away, and forgets those that it meets no more', () => {
  let nowMs = 1;
  const presence = new CirclePresence(() => nowMs);
  const [one, other] = [toMemberIndex(0), toMemberIndex(1)];
  presence.enter({ epoch: toEpoch(0n), keys: [key(1), key(2)], me: undefined });
  assert.deepEqual(
    presence.linkOf(one),
    { isConnected: false, sinceMs: 1 },
    'since this process knows of it',
  );
  nowMs = 5;
  presence.setConnected(key(1), true);
  nowMs = 7;
  presence.setConnected(key(1), true);
  assert.deepEqual(presence.linkOf(one), { isConnected: true, sinceMs: 5 }, 'said again, it is no change');
  nowMs = 9;
  presence.clear();
  assert.deepEqual(presence.linkOf(one), { isConnected: false, sinceMs: 9 });
  assert.deepEqual(
    presence.linkOf(other),
    { isConnected: false, sinceMs: 1 },
    'it was away before the gateway was',
  );
  presence.enter({ epoch: toEpoch(1n), keys: [key(2)], me: undefined });
  presence.enter({ epoch: toEpoch(2n), keys: [key(2), key(1)], me: undefined });
  assert.deepEqual(presence.linkOf(other), { isConnected: false, sinceMs: 1 }, 'it was forgotten meanwhile');
  assert.deepEqual(presence.linkOf(toMemberIndex(9)), { isConnected: false, sinceMs: 1 });
});
