import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PendingPlace, PendingPlaces } from './pending-places.ts';

/** Places for `max`, and a way to take one that notes its name when it gives way. */
function placesFor(max: number) {
  const places = new PendingPlaces(max);
  const gone: string[] = [];
  const take = (host: string, name: string): PendingPlace => {
    const place = { host, giveWay: () => gone.push(name) };
    places.take(place);
    return place;
  };
  return { places, gone, take };
}

describe('F-03: pending places', () => {
  test('F-03: of a host that has the most are lost oldest first, and of others never', () => {
    const { places, gone, take } = placesFor(4);
    take('honest', 'h');
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) take('attacker', name);
    take('newcomer', 'n');
    assert.deepEqual(gone, ['a1', 'a2', 'a3']);
    assert.equal(places.size, 4);
  });

  test('F-03: take a newcomer from the very host that fills them', () => {
    const { gone, take } = placesFor(3);
    for (const name of ['a1', 'a2', 'a3', 'newcomer', 'a4', 'a5']) take('same', name);
    assert.deepEqual(gone, ['a1', 'a2', 'a3']);
  });

  test('go to the newest when each host has one', () => {
    const { gone, take } = placesFor(2);
    for (const host of ['a', 'b', 'c']) take(host, host);
    assert.deepEqual(gone, ['a']);
  });

  test('are free again once left, and leaving one that was given away changes nothing', () => {
    const { places, gone, take } = placesFor(1);
    const first = take('a', 'first');
    const second = take('a', 'second');
    places.leave(first);
    assert.equal(places.size, 1);
    places.leave(second);
    assert.equal(places.size, 0);
    take('a', 'third');
    assert.deepEqual(gone, ['first']);
  });
});
