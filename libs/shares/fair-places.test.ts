import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FairPlaces } from './fair-places.ts';

/** All, each class, each owner, each connection. */
const LIMITS = [8, 8, 6, 4];

function stage(limits: readonly number[] = LIMITS) {
  const places = new FairPlaces(limits);
  const gone: string[] = [];
  let entered = 0;
  const enter = (path: string) => {
    const name = `${path}#${++entered}`;
    return places.enter({ path: path.split('/'), giveWay: () => gone.push(name) });
  };
  return { places, gone, enter };
}

describe('fair places', () => {
  test('F-07: a connection, and an address, that take all they can get leave a place for everybody else', () => {
    const { gone, enter } = stage();
    const taken = Array.from({ length: 20 }, (_, at) => enter(`any/attacker/c${at % 10}`)).filter(Boolean);
    assert.ok(taken.length >= 6);
    assert.ok(enter('any/honest/c') !== undefined, 'another address');
    assert.ok(enter('any/attacker/honest') !== undefined, 'a new connection of the same address');
    assert.ok(gone.every((name) => name.startsWith('any/attacker/c')));
    assert.ok(enter('known/key/c') !== undefined, 'one who is known');
  });

  test('refuse one that holds as much as any other, and let go of nothing for it', () => {
    const { gone, enter } = stage();
    for (let at = 0; at < 4; at++) assert.ok(enter('any/a/one'));
    assert.equal(enter('any/a/one'), undefined);
    assert.deepEqual(gone, []);
  });

  test('take from the largest group its oldest, and end at equal parts', () => {
    const { gone, enter } = stage([4, 4, 4, 4]);
    for (let at = 0; at < 4; at++) enter('any/a/x');
    assert.ok(enter('any/b/y'));
    assert.ok(enter('any/b/y'));
    assert.deepEqual(gone, ['any/a/x#1', 'any/a/x#2']);
    assert.equal(enter('any/b/y'), undefined, 'two and two');
  });

  test('do not pass a place to and fro between two that hold nearly the same', () => {
    const { enter } = stage([3, 3, 3, 3]);
    for (const path of ['any/a/x', 'any/a/x', 'any/b/y']) enter(path);
    assert.equal(enter('any/b/y'), undefined);
  });

  test('keep those who are known from a crowd of strangers, and strangers from a crowd of those', () => {
    const { places, gone, enter } = stage([8, 8, 8, 8]);
    for (let at = 0; at < 8; at++) enter(`any/a${at}/c`);
    for (let at = 0; at < 4; at++) assert.ok(enter(`known/k${at}/c`));
    assert.equal(enter('any/one-more/c') === undefined, false, 'in the place of another stranger');
    assert.ok(gone.every((name) => name.startsWith('any/')));
    assert.equal(places.size, 8);
  });

  test('are free again once, however often they are released', () => {
    const { places, enter } = stage([1, 1, 1, 1]);
    const release = enter('any/a/x');
    release?.();
    release?.();
    assert.equal(places.size, 0);
    const second = enter('any/a/x');
    assert.ok(second);
    release?.();
    assert.equal(places.size, 1);
  });

  test('count by weight, and let as many give way as it takes', () => {
    const places = new FairPlaces([10, 10]);
    const gone: string[] = [];
    const enter = (owner: string, weight: number) =>
      places.enter({ path: [owner], weight, giveWay: () => gone.push(owner) });
    for (let at = 0; at < 5; at++) enter('greedy', 2);
    assert.ok(enter('honest', 3));
    assert.deepEqual(gone, ['greedy', 'greedy']);
    assert.deepEqual([places.heldBy(['greedy']), places.heldBy(['honest']), places.size], [6, 3, 9]);
    assert.equal(enter('honest', 6), undefined, 'it would hold more than who gives way');
    assert.equal(enter('anybody', 11), undefined, 'more than there is');
    assert.equal(places.size, 9, 'and nobody gave way for it');
  });

  test('keep to every limit, and give a newcomer a place, whatever was taken before', () => {
    const entry = fc.record({ owner: fc.nat(3), connection: fc.nat(5), known: fc.boolean() });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const { places, enter } = stage([8, 8, 6, 4]);
        for (const { owner, connection, known } of entries) {
          enter(`${known ? 'known' : 'any'}/${owner}/${connection}`);
          assert.ok(places.size <= 8);
        }
        assert.ok(enter('any/newcomer/c'));
      }),
    );
  });
});
