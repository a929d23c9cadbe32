import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addressScope, advertisedAddresses, scopeOfConnection, usableAddresses } from './address-scope.ts';
import { ipv4Scope, ipv6Scope } from './ip-address.ts';

describe('scope of an address', () => {
  test('P2P-03 P2P-04 is known for both families and for names', () => {
    const scopes: readonly (readonly [string, ReturnType<typeof addressScope>])[] = [
      ['/ip4/127.0.0.1/tcp/9000', 'loopback'],
      ['/ip6/::1/tcp/9000', 'loopback'],
      ['/dns4/localhost/tcp/9000', 'loopback'],
      ['/ip4/10.1.2.3/tcp/1', 'private'],
      ['/ip4/172.31.0.1/tcp/1', 'private'],
      ['/ip4/192.168.0.1/tcp/1', 'private'],
      ['/ip4/169.254.0.1/tcp/1', 'private'],
      ['/ip4/100.64.0.1/tcp/1', 'private'],
      ['/ip6/fd00::1/tcp/1', 'private'],
      ['/ip6/fe80::1/tcp/1', 'private'],
      ['/ip4/172.32.0.1/tcp/1', 'global'],
      ['/ip4/8.8.8.8/tcp/65535', 'global'],
      ['/ip6/2001:db8::1/tcp/1', 'global'],
      ['/dns/node.example/tcp/1', 'global'],
    ];
    for (const [address, scope] of scopes) assert.equal(addressScope(address), scope, address);
  });

  test('P2P-75 is none for what nobody can dial', () => {
    const refused = [
      '',
      'ip4/1.2.3.4/tcp/1',
      '/ip4/1.2.3.4',
      '/ip4/1.2.3.4/tcp/0',
      '/ip4/1.2.3.4/tcp/65536',
      '/ip4/1.2.3.4/tcp/01',
      '/ip4/1.2.3.4/udp/1/quic',
      '/ip4/1.2.3.4/tcp/1/ws',
      '/ip4/1.2.3.4/tcp/1/p2p/12D3KooWBJFxvDx3UFEXK3rTkqXsPo9yFPMf9HVbH255C6Ssqhpc',
      '/ip4/0.0.0.0/tcp/1',
      '/ip4/224.0.0.1/tcp/1',
      '/ip4/256.1.1.1/tcp/1',
      '/ip4/1.2.3/tcp/1',
      '/ip6/::/tcp/1',
      '/ip6/ff02::1/tcp/1',
      '/ip6/::ffff:1.2.3.4/tcp/1',
      '/ip6/1::2::3/tcp/1',
      '/dns4/-a.example/tcp/1',
      `/dns4/${'a'.repeat(254)}/tcp/1`,
      '/unix/tmp/x',
    ];
    for (const address of refused) assert.equal(addressScope(address), undefined, address);
  });

  test('takes no text for an IP address that is none', () => {
    fc.assert(fc.property(fc.string(), (text) => ipv4Scope(text) === undefined || isIPv4(text)));
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.string(), fc.stringMatching(/^[0-9a-f:]{0,24}$/)), (text) => {
        assert.ok(ipv6Scope(text) === undefined || isIPv6(text), text);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const first = Number(text.split('.')[0]);
        assert.equal(ipv4Scope(text) !== undefined, first > 0 && first < 224, text);
      }),
    );
  });
});

describe('addresses that a peer tells', () => {
  test('P2P-75 are of use only when they lead at least as far as the teller is away', () => {
    const told = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/ip4/8.8.8.8/tcp/1', '/nonsense'];
    assert.equal(usableAddresses(told, 'loopback').length, 3);
    assert.deepEqual(usableAddresses(told, 'private'), told.slice(1, 3));
    assert.deepEqual(usableAddresses(told, 'global'), told.slice(2, 3));
  });

  test('come from where the connection comes from, and from afar when that is unreadable', () => {
    assert.equal(scopeOfConnection('/ip4/10.0.0.1/tcp/5/p2p/12D3KooW'), 'private');
    assert.equal(scopeOfConnection('/what/ever'), 'global');
  });
});

test('our own addresses are told without those of this machine, unless there are no others', () => {
  const listening = [
    '/ip4/127.0.0.1/tcp/1/p2p/x',
    '/ip4/10.0.0.1/tcp/1/p2p/x',
    '/ip4/10.0.0.1/tcp/1',
    '/ip6/::1/tcp/1',
  ];
  assert.deepEqual(advertisedAddresses(listening, 16), ['/ip4/10.0.0.1/tcp/1']);
  assert.deepEqual(advertisedAddresses(['/ip4/127.0.0.1/tcp/1/p2p/x'], 16), ['/ip4/127.0.0.1/tcp/1']);
  assert.equal(
    advertisedAddresses(
      Array.from({ length: 20 }, (_, port) => `/ip4/8.8.8.8/tcp/${port + 1}`),
      16,
    ).length,
    16,
  );
});
