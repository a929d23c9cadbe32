import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { ipBytes } from './ip-bytes.ts';
import {
  type Authority,
  belongTogether,
  type CertificateRequest,
  commonNameOf,
  createAuthority,
  issueCertificate,
  selfSigned,
} from './pki.ts';

const DAY_MS = 86_400_000;

function request(changes: Partial<CertificateRequest> = {}): CertificateRequest {
  return {
    commonName: 'signer',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1', '::1'],
    usage: 'server',
    days: 30,
    ...changes,
  };
}

describe('an authority', () => {
  const authority = createAuthority('member a', 3650);

  test('certifies itself as one that may certify', () => {
    const certificate = new X509Certificate(authority.certificate);
    assert.equal(certificate.ca, true);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkIssued(certificate));
    assert.equal(commonNameOf(authority.certificate), 'member a');
  });

  test('issues a certificate with the names asked for', () => {
    const issued = issueCertificate(authority, request());
    const certificate = new X509Certificate(issued.certificate);
    assert.equal(certificate.ca, false);
    assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey));
    assert.ok(certificate.checkIssued(new X509Certificate(authority.certificate)));
    assert.equal(certificate.checkHost('localhost'), 'localhost');
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
    assert.equal(certificate.checkIP('::1'), '::1');
    assert.equal(certificate.checkIP('127.0.0.2'), undefined);
    assert.ok(belongTogether(issued));
    assert.equal(belongTogether({ certificate: issued.certificate, key: authority.key }), false);
  });

  test('issues for as many days as asked for, also beyond the year 2050', () => {
    for (const days of [1, 30_000]) {
      const certificate = new X509Certificate(issueCertificate(authority, request({ days })).certificate);
      const lifeMs = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
      assert.ok(lifeMs >= days * DAY_MS && lifeMs < days * DAY_MS + 600_000);
    }
  });

  test('gives every certificate another serial number', () => {
    const serials = Array.from(
      { length: 20 },
      () => new X509Certificate(issueCertificate(authority, request()).certificate).serialNumber,
    );
    assert.equal(new Set(serials).size, serials.length);
  });

  for (const [name, change] of [
    ['an empty name', { commonName: '' }],
    ['a name of 65 characters', { commonName: 'x'.repeat(65) }],
    ['no days', { days: 0 }],
    ['part of a day', { days: 1.5 }],
    ['a host name with a blank', { dnsNames: ['a b'] }],
    ['an address that is none', { ipAddresses: ['127.0.0.256'] }],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.throws(() => issueCertificate(authority, request(change)), { name: 'PkiError' });
    });
  }

  test('refuses an authority that is no certificate', () => {
    assert.throws(() => issueCertificate({ ...authority, certificate: 'nonsense' }, request()), {
      name: 'PkiError',
    });
  });
});

describe('mutual TLS', () => {
  const authority = createAuthority('ours', 30);
  const stranger = createAuthority('theirs', 30);

  test('accepts a client of the same authority', async () => {
    assert.equal(
      await handshake(authority, issueCertificate(authority, request({ usage: 'client' }))),
      'accepted',
    );
  });

  for (const [name, client] of [
    ['a client of another authority', issueCertificate(stranger, request({ usage: 'client' }))],
    ['a certificate that is for servers only', issueCertificate(authority, request({ usage: 'server' }))],
    [
      'a certificate that another certificate signed',
      issueCertificate(issueCertificate(authority, request()), request({ usage: 'client' })),
    ],
  ] as const) {
    test(`refuses ${name}`, async () => {
      assert.equal(await handshake(authority, client), 'refused');
    });
  }
});

/** The answer of a TLS server that trusts `authority` alone to a client with the certificate `client`. */
async function handshake(authority: Authority, client: Authority): Promise<'accepted' | 'refused'> {
  const own = issueCertificate(authority, request());
  const server = createServer({
    cert: own.certificate,
    key: own.key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = new Promise<'accepted' | 'refused'>((resolve) => {
    server.once('secureConnection', () => resolve('accepted'));
    server.once('tlsClientError', () => resolve('refused'));
  });
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: authority.certificate,
    cert: client.certificate,
    key: client.key,
  });
  socket.on('error', () => {});
  const result = await answer;
  socket.destroy();
  server.close();
  return result;
}

describe('ipBytes', () => {
  for (const [text, hex] of [
    ['127.0.0.1', '7f000001'],
    ['::', '00'.repeat(16)],
    ['::1', `${'00'.repeat(15)}01`],
    ['fe80::1:2', 'fe800000000000000000000000010002'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ] as const) {
    test(`reads ${text}`, () => assert.equal(ipBytes(text)?.toString('hex'), hex));
  }

  for (const text of ['', 'localhost', '1.2.3', '::ffff:1.2.3.4', 'fe80::1%eth0']) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.equal(ipBytes(text), undefined));
  }
});

test('a certificate over an Ed25519 key that exists is signed by that key, and vouches for no other', () => {
  const [seed, other] = [randomBytes(32), randomBytes(32)];
  const own = selfSigned(seed, { commonName: 'm0', days: 30 });
  const certificate = new X509Certificate(own.certificate);
  assert.equal(certificate.publicKey.asymmetricKeyType, 'ed25519');
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(belongTogether(own));
  assert.equal(certificate.ca, false);
  assert.deepEqual(
    selfSigned(seed, { commonName: 'm1', days: 1 }).key,
    own.key,
    'the same seed is the same key',
  );
  const { publicKey } = new X509Certificate(selfSigned(other, { commonName: 'm0', days: 30 }).certificate);
  assert.equal(certificate.verify(publicKey), false);
  assert.throws(() => selfSigned(seed, { commonName: '', days: 30 }), { name: 'PkiError' });
});
