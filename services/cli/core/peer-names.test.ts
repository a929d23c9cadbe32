import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { type PeerNames, peersNamed } from './peer-names.ts';

const peer = (byte: number, addresses: readonly string[]): PeerNames => ({
  publicKey: new Uint8Array(32).fill(byte),
  peerId: `12D3KooW${byte}`,
  addresses,
});
const A = peer(0xaa, ['/ip4/192.0.2.1/tcp/9000', '/dns4/a.example/tcp/9000']);
const B = peer(0xbb, ['/ip4/192.0.2.2/tcp/9000', '/dns4/shared.example/tcp/9000']);
const C = peer(0xcc, ['/dns4/shared.example/tcp/9000']);
const NOBODY = peer(0xdd, []);
const ALL = [A, B, C, NOBODY];

describe('a peer is found by its names', () => {
  for (const each of [A, B, C, NOBODY]) {
    test(`TW-2.1.7: ${each.peerId} by its id and by its key, in both forms`, () => {
      const key = toHex(each.publicKey);
      for (const name of [each.peerId, encodeBase64(each.publicKey), key, key.toUpperCase()]) {
        assert.deepEqual(peersNamed(ALL, name), [each], name);
      }
    });
  }

  test('TW-2.1.7: by any of its addresses, with its id behind it or without', () => {
    for (const address of A.addresses) {
      assert.deepEqual(peersNamed(ALL, address), [A]);
      assert.deepEqual(peersNamed(ALL, `${address}/p2p/${A.peerId}`), [A]);
    }
  });

  test('TW-2.1.7: both of two that share an address, and one of them where its id is behind it', () => {
    assert.deepEqual(peersNamed(ALL, '/dns4/shared.example/tcp/9000'), [B, C]);
    assert.deepEqual(peersNamed(ALL, `/dns4/shared.example/tcp/9000/p2p/${C.peerId}`), [C]);
  });

  test('TW-2.1.7: and none by the address of one with the id of another, by a part of a name, or by nothing', () => {
    const wrong = [
      `${A.addresses[0]}/p2p/${B.peerId}`,
      '12D3KooW',
      'aaaa',
      '/ip4/192.0.2.1',
      '',
      `/p2p/${A.peerId}`,
    ];
    for (const name of wrong) assert.deepEqual(peersNamed(ALL, name), [], name);
  });
});
