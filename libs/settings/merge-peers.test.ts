import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PEERS_MAX } from './limits.ts';
import { mergedPeers, updatedPeers } from './merge-peers.ts';
import type { PeerEntry } from './peer-entry.ts';

const key = (fill: number) => new Uint8Array(32).fill(fill);
const peer = (fill: number, more: Partial<PeerEntry> = {}): PeerEntry => ({
  publicKey: key(fill),
  addresses: ['/ip4/10.0.0.1/tcp/1'],
  ...more,
});
const moved = { addresses: ['/ip4/10.0.0.2/tcp/2'] };
const learned = { learned: true };
const around = { nowS: 1_000, ownPublicKey: key(99) };

describe('mergedPeers', () => {
  test('P2P-38 keeps a hand edit and a learned peer', () => {
    const merged = mergedPeers({ base: [peer(1)], file: [peer(1), peer(2)], memory: [peer(1), peer(3)] });
    assert.deepEqual(merged, [peer(1), peer(2), peer(3)]);
  });

  test('P2P-38 takes the change of the one side that changed an entry', () => {
    const base = [peer(1, learned)];
    const other = [peer(1, { ...learned, ...moved })];
    assert.deepEqual(mergedPeers({ base, file: other, memory: base }), other);
    assert.deepEqual(mergedPeers({ base, file: base, memory: other }), other);
  });

  test('P2P-38 of an entry that both changed, the one seen later wins, and the file when neither is', () => {
    const base = [peer(1, { ...learned, lastSeenS: 5 })];
    const file = (lastSeenS: number) => [peer(1, { ...moved, lastSeenS })];
    const memory = (lastSeenS: number) => [
      peer(1, { addresses: ['/ip4/10.0.0.3/tcp/3'], learned: true, lastSeenS }),
    ];
    assert.deepEqual(mergedPeers({ base, file: file(5), memory: memory(6) }), memory(6));
    assert.deepEqual(mergedPeers({ base, file: file(7), memory: memory(6) }), file(7));
    assert.deepEqual(mergedPeers({ base, file: file(6), memory: memory(6) }), file(6));
  });

  test('a person who moves a peer that was seen meanwhile is obeyed, and the time is kept', () => {
    const merged = mergedPeers({
      base: [peer(1)],
      file: [peer(1, moved)],
      memory: [peer(1, { lastSeenS: 7 })],
    });
    assert.deepEqual(merged, [peer(1, { ...moved, lastSeenS: 7 })]);
  });

  test('what a person removed is gone, seen or not; what memory forgot is gone unless a person touched it', () => {
    const base = [peer(1, learned)];
    assert.deepEqual(mergedPeers({ base, file: [], memory: [peer(1, { ...learned, lastSeenS: 9 })] }), []);
    assert.deepEqual(mergedPeers({ base, file: base, memory: [] }), []);
    const touched = [peer(1, moved)];
    assert.deepEqual(mergedPeers({ base, file: touched, memory: [] }), touched);
  });

  test('P2P-38 P2P-43 loses nothing that only one side added, and invents nothing', () => {
    const list = fc.uniqueArray(
      fc
        .record({ fill: fc.nat({ max: 6 }), port: fc.integer({ min: 1, max: 3 }), seen: fc.nat({ max: 3 }) })
        .map(({ fill, port, seen }) =>
          peer(fill, { addresses: [`/ip4/1.1.1.1/tcp/${port}`], lastSeenS: seen, learned: true }),
        ),
      { selector: ({ publicKey }) => publicKey[0] },
    );
    const has = (entries: readonly PeerEntry[], fill: number | undefined) =>
      entries.find(({ publicKey }) => publicKey[0] === fill);
    fc.assert(
      fc.property(list, list, list, (base, file, memory) => {
        const merged = mergedPeers({ base, file, memory });
        for (const { publicKey } of [...file, ...memory]) {
          const [inBase, inFile, inMemory] = [base, file, memory].map((own) => has(own, publicKey[0]));
          const inMerged = has(merged, publicKey[0]);
          if (inBase === undefined) assert.ok(inMerged !== undefined);
          if (inMerged !== undefined) {
            assert.ok(inFile?.addresses === inMerged.addresses || inMemory?.addresses === inMerged.addresses);
          }
        }
        assert.equal(new Set(merged.map(({ publicKey }) => publicKey[0])).size, merged.length);
        assert.deepEqual(mergedPeers({ base: merged, file: merged, memory: merged }), merged);
      }),
    );
  });
});

describe('updatedPeers', () => {
  test('P2P-31 adds a peer as learned, whatever it says', () => {
    const { peers, rejected } = updatedPeers(
      [peer(1)],
      { seen: [peer(2, { lastSeenS: 9 })], removed: [] },
      around,
    );
    assert.deepEqual([peers, rejected], [[peer(1), peer(2, { ...learned, lastSeenS: 9 })], []]);
  });

  test('P2P-38 the statement seen later wins, and an older one changes nothing', () => {
    const known = [peer(1, { ...learned, lastSeenS: 10 })];
    const seen = (lastSeenS: number) => ({ seen: [peer(1, { ...moved, lastSeenS })], removed: [] });
    assert.deepEqual(updatedPeers(known, seen(9), around).peers, known);
    assert.deepEqual(updatedPeers(known, seen(11), around).peers, [
      peer(1, { ...moved, ...learned, lastSeenS: 11 }),
    ]);
  });

  test('P2P-85 a clock that is ahead wins nothing for ever', () => {
    const first = updatedPeers([], { seen: [peer(1, { lastSeenS: 4_000_000_000 })], removed: [] }, around);
    assert.equal(first.peers[0]?.lastSeenS, 1_000);
    const seen = [peer(1, { ...moved, lastSeenS: 1_001 })];
    const second = updatedPeers(first.peers, { seen, removed: [] }, { ...around, nowS: 1_001 });
    assert.deepEqual(second.peers[0]?.addresses, moved.addresses);
  });

  test('an entry of a person keeps its addresses and is never removed', () => {
    const update = { seen: [peer(1, { ...moved, lastSeenS: 9 })], removed: [key(1), key(2)] };
    const { peers } = updatedPeers([peer(1), peer(2, learned)], update, around);
    assert.deepEqual(peers, [peer(1, { lastSeenS: 9 })]);
  });

  test('P2P-75 leaves out the own key, and P2P-41 what is beyond the bound', () => {
    const own = { publicKey: around.ownPublicKey, addresses: ['/ip4/1.1.1.1/tcp/1'] };
    assert.deepEqual(updatedPeers([], { seen: [own], removed: [] }, around), {
      peers: [],
      rejected: [{ index: 0, reason: 'own public key' }],
    });
    const full = Array.from({ length: PEERS_MAX }, (_, index) => {
      const publicKey = new Uint8Array(32);
      new DataView(publicKey.buffer).setUint32(0, index + 1);
      return { publicKey, addresses: ['/ip4/1.1.1.1/tcp/1'], learned: true };
    });
    const { peers, rejected } = updatedPeers(full, { seen: [peer(77)], removed: [] }, around);
    assert.deepEqual([peers.length, rejected.length], [PEERS_MAX, 1]);
  });
});
