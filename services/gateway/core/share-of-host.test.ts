import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOfAddress, shareOfHost } from './share-of-host.ts';

test('F-03: an IPv4 address has a share of its own, also when it is written as IPv6', () => {
  assert.equal(shareOfHost('192.0.2.1'), '192.0.2.1');
  assert.equal(shareOfHost('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(shareOfHost('::FFFF:192.0.2.1'), '192.0.2.1');
});

test('F-03: all IPv6 addresses of one network have one share, however they are written', () => {
  const share = '2001:db8:0:1::/64';
  for (const host of ['2001:db8:0:1::5', '2001:0DB8:0000:0001:a:b:c:d', '2001:db8::1:0:0:0:9'])
    assert.equal(shareOfHost(host), share);
  assert.notEqual(shareOfHost('2001:db8:0:2::5'), share);
  assert.equal(shareOfHost('::1'), '0:0:0:0::/64');
});

test('the host of a multiaddr counts, with a zone too, and a name has none', () => {
  assert.equal(shareOfAddress('/ip4/192.0.2.1/tcp/9000'), '192.0.2.1');
  assert.equal(shareOfAddress('/ip6zone/eth0/ip6/fe80::1/tcp/9000'), 'fe80:0:0:0::/64');
  assert.equal(shareOfAddress('/dns4/example.org/tcp/9000'), undefined);
});
