import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { CirclePresence } from './circle-presence.ts';

const key = (value: number) => new Uint8Array(32).fill(value);

test('a peer that is connected stays so when the circle changes, under the index that it has by then', () => {
  const presence = new CirclePresence();
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
  const presence = new CirclePresence();
  presence.enter({ epoch: toEpoch(0n), keys: [key(1), key(2)], me: toMemberIndex(0) });
  presence.setConnected(key(2), true);
  presence.clear();
  assert.deepEqual(presence.connected(), []);
});
