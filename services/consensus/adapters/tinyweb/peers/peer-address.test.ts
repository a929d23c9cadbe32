import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpAddressOf } from './peer-address.ts';

test('host and port of an address, and nothing of one that https cannot dial', () => {
  const cases = {
    '/ip4/192.0.2.7/tcp/9000': { host: '192.0.2.7', port: 9000 },
    '/ip6/2001:db8::7/tcp/9000/https': { host: '2001:db8::7', port: 9000 },
    '/dns4/alice.example/tcp/443/https/p2p/12D3KooWx': { host: 'alice.example', port: 443 },
    '/ip4/192.0.2.7/udp/9000/quic': undefined,
    '/ip4/192.0.2.7/tcp/9000/ws': undefined,
    'https://192.0.2.7:9000': undefined,
  };
  for (const [address, expected] of Object.entries(cases))
    assert.deepEqual(httpAddressOf(address), expected, address);
});
