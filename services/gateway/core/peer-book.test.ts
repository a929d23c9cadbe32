import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparePeers, knownPeers, type PeerEntry } from './peer-book.ts';

const entry = (key: string, ...addresses: string[]): PeerEntry => ({ key, addresses });

describe('known peers', () => {
  test('are the entries in order, then members that no entry names', () => {
    const known = knownPeers([entry('b', '/1'), entry('a', '/2')], new Set(['a', 'c']), 'self');
    assert.deepEqual(known, [entry('b', '/1'), entry('a', '/2'), entry('c')]);
  });

  test('never hold ourselves, wherever we are named', () => {
    assert.deepEqual(knownPeers([entry('self', '/1')], new Set(['self']), 'self'), []);
  });

  test('P2P-40 take the first of two entries with one key', () => {
    assert.deepEqual(knownPeers([entry('a', '/1'), entry('a', '/2')], new Set(), 'self'), [entry('a', '/1')]);
  });
});

describe('compared peers', () => {
  test('name who came, who went and who moved, and nobody else', () => {
    const before = [entry('stays', '/1'), entry('moves', '/1'), entry('goes', '/1')];
    const after = [entry('moves', '/2'), entry('stays', '/1'), entry('comes', '/1')];
    assert.deepEqual(comparePeers(before, after), {
      added: [entry('comes', '/1')],
      removed: ['goes'],
      readdressed: [entry('moves', '/2')],
    });
  });

  test('see another order of addresses as a change', () => {
    const { readdressed } = comparePeers([entry('a', '/1', '/2')], [entry('a', '/2', '/1')]);
    assert.deepEqual(readdressed, [entry('a', '/2', '/1')]);
  });
});
