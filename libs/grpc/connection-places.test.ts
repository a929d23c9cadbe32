import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Caller } from './caller.ts';
import { ConnectionPlaces } from './connection-places.ts';

function stage(max: number) {
  const places = new ConnectionPlaces(max);
  const gone: string[] = [];
  const enter = (owner: string, name: string): Caller => {
    const caller: Caller = { kind: 'address', owner, connection: name };
    places.enter(caller, { destroy: () => gone.push(name) });
    return caller;
  };
  const works = (caller: Caller, key?: string) =>
    places.atWork(key === undefined ? caller : { ...caller, kind: 'key', owner: key });
  return { places, gone, enter, works };
}

describe('the connections of a server', () => {
  test('F-07: give the address that holds most less, and a newcomer its place', () => {
    const { places, gone, enter } = stage(4);
    enter('b', 'b1');
    for (const name of ['a1', 'a2', 'a3']) enter('a', name);
    enter('c', 'c1');
    assert.deepEqual(gone, ['a1']);
    enter('a', 'a4');
    assert.deepEqual(gone, ['a1', 'a2'], 'of the same address, which holds most');
    assert.equal(places.size, 4);
  });

  test('F-07: lose one that never called first, then the one that is silent longest, and one at work last', () => {
    const { gone, enter, works } = stage(3);
    const [atWork, silent] = [enter('a', 'at work'), enter('a', 'silent')];
    works(atWork);
    works(silent)();
    enter('a', 'idle');
    enter('a', 'newcomer');
    assert.deepEqual(gone, ['idle']);
    enter('a', 'another');
    assert.deepEqual(gone, ['idle', 'newcomer']);
    works({ kind: 'address', owner: 'a', connection: 'another' });
    enter('a', 'third');
    assert.deepEqual(gone, ['idle', 'newcomer', 'silent']);
    works({ kind: 'address', owner: 'a', connection: 'third' });
    enter('a', 'fourth');
    assert.deepEqual(gone.slice(3), ['at work'], 'all are at work: the oldest');
  });

  test('F-34: keep half of all places for those who are known by a key', () => {
    const { gone, enter, works } = stage(4);
    const known = ['k1', 'k2'].map((name) => enter('office', name));
    for (const each of known) works(each, 'key')();
    for (let at = 0; at < 50; at++) enter(`stranger ${at}`, `s${at}`);
    assert.ok(!gone.includes('k1') && !gone.includes('k2'));
    const third = enter('office', 'k3');
    works(third, 'key')();
    enter('stranger', 'last');
    assert.deepEqual(gone.slice(-1), ['k1'], 'three of four are more than half');
  });

  test('are free again when they are closed, and a late word of an old one frees no other', () => {
    const { places, gone, enter } = stage(1);
    const first = { destroy: () => undefined };
    const caller: Caller = { kind: 'address', owner: 'a', connection: 'same port' };
    places.enter(caller, first);
    places.leave('same port', first);
    enter('a', 'same port');
    places.leave('same port', first);
    assert.equal(places.size, 1);
    assert.deepEqual(gone, []);
    assert.doesNotThrow(() => places.atWork({ ...caller, connection: 'gone' })());
  });
});
