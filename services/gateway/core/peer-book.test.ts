import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparePeers, knownPeers, type PeerBookEntry } from './peer-book.ts';

const entry = (key: string, ...addresses: string[]): PeerBookEntry => ({ key, addresses });

describe('known peers', () => {
  const none = { configured: [], learned: [], members: undefined, self: 'self' };

  test('are the entries in order, then members that no entry names', () => {
    const configured = [entry('b', '/1'), entry('a', '/2')];
    const known = knownPeers({ ...none, configured, members: new Set(['a', 'c']) });
    assert.deepEqual(known, [entry('b', '/1'), entry('a', '/2'), entry('c')]);
  });

  test('never hold ourselves, wherever we are named', () => {
    const self = [entry('self', '/1')];
    const known = knownPeers({ configured: self, learned: self, members: new Set(['self']), self: 'self' });
    assert.deepEqual(known, []);
  });

  test('P2P-40 take the first of two entries with one key', () => {
    const configured = [entry('a', '/1'), entry('a', '/2')];
    assert.deepEqual(knownPeers({ ...none, configured }), [entry('a', '/1')]);
  });

  test('P2P-70 hold all that were learned while the chain is unknown, and of those only members after', () => {
    const learned = [entry('a', '/learned'), entry('b', '/learned')];
    const configured = [entry('a', '/written')];
    assert.deepEqual(knownPeers({ ...none, configured, learned }), [
      entry('a', '/written'),
      entry('b', '/learned'),
    ]);
    const members = new Set(['b', 'c']);
    assert.deepEqual(knownPeers({ ...none, learned, members }), [entry('b', '/learned'), entry('c')]);
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
