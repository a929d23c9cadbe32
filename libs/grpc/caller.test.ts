import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { callerOf, pathOf } from './caller.ts';

const owner = (peer: string): string => callerOf({ peer }).owner;

describe('a caller without a certificate', () => {
  test('is its IPv4 address, also where that is written as IPv6', () => {
    assert.equal(owner('192.0.2.7:50000'), '192.0.2.7');
    assert.equal(owner('::ffff:192.0.2.7:50000'), '192.0.2.7');
    assert.deepEqual(pathOf(callerOf({ peer: '192.0.2.7:50000' })), [
      'address',
      '192.0.2.7',
      '192.0.2.7:50000',
    ]);
  });

  test('is the first 64 bits of its IPv6 address: the rest is its own to choose', () => {
    const same = ['2001:db8:0:7::1:50000', '[2001:db8:0:7:a:b:c:d]:50000', '2001:0db8:0:7::2:50000'];
    for (const peer of same) assert.equal(owner(peer), '2001:db8:0:7::/64', peer);
    assert.equal(owner('2001:db8::8:1:50000'), '2001:db8:0:0::/64');
    assert.equal(owner('::1:50000'), '0:0:0:0::/64');
    assert.equal(owner('fe80::1%eth0:50000'), 'fe80:0:0:0::/64');
  });

  test('is one of all on a Unix socket', () => {
    assert.equal(owner('unknown'), 'unix');
    assert.equal(owner('/run/consensus.sock'), 'unix');
  });
});

test('F-34: a caller with a certificate is its public key, whoever issued it and wherever it calls from', () => {
  const authority = createAuthority('clients', 2);
  const request = { commonName: 'wallet', dnsNames: [], ipAddresses: [], days: 2, usage: 'client' } as const;
  const der = (pem: string): Uint8Array => Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  const [one, other] = [issueCertificate(authority, request), issueCertificate(authority, request)];
  const [here, there] = ['192.0.2.7:1', '198.51.100.9:2'].map((peer) =>
    callerOf({ peer, certificate: der(one.certificate) }),
  );
  assert.equal(here?.kind, 'key');
  assert.match(here?.owner ?? '', /^[0-9a-f]{64}$/);
  assert.equal(here?.owner, there?.owner);
  assert.notEqual(here?.owner, callerOf({ peer: '192.0.2.7:1', certificate: der(other.certificate) }).owner);
});
