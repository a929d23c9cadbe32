import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerLane } from './peer-lane.ts';

const BOUND = { inFlightMax: 2, messagesMax: 3, bytesMax: 100, keptMax: 1 };
const message = (json: string) => ({ route: '/x', json });

function lane(bound = BOUND) {
  let dropped = 0;
  const own = new PeerLane(bound, (messages) => {
    dropped += messages;
  });
  return { own, dropped: () => dropped };
}

test('a full lane drops its oldest message, by their number and by their bytes', () => {
  const { own, dropped } = lane();
  for (const json of ['1', '2', '3', '4']) own.push(message(json));
  assert.deepEqual([own.take()?.json, dropped()], ['2', 1]);
  own.push(message('x'.repeat(99)));
  assert.deepEqual([own.size, dropped()], [2, 2]);
  own.push(message('x'.repeat(200)));
  assert.deepEqual([own.size, own.take()?.json.length, dropped()], [1, 200, 4]);
});

test('so many messages are under way as may be, and one that failed waits before all others', () => {
  const { own } = lane();
  for (const json of ['1', '2', '3']) own.push(message(json));
  assert.deepEqual([own.take()?.json, own.take()?.json, own.take()], ['1', '2', undefined]);
  own.ended();
  own.putBack(message('1'));
  assert.deepEqual([own.take()?.json, own.take()], ['1', undefined]);
});

test('for a peer that is away the newest few are kept', () => {
  const { own, dropped } = lane();
  for (const json of ['1', '2', '3']) own.push(message(json));
  own.keepFew();
  assert.deepEqual([own.take()?.json, dropped()], ['3', 2]);
});
