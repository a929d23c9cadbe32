import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { certificateFromWire, certificateToWire } from './certificate.ts';
import { WIRE_LIMITS } from './limits.ts';

const signatures = [0, 2, 3].map((member) => ({
  member: toMemberIndex(member),
  signature: Uint8Array.of(member + 1),
}));

function certified(kind: string, instance: bigint): QuorumCertificate {
  const digest = toDigest('ab'.repeat(32));
  return { kind, instance, view: toView(3n), height: toHeight(7n), digest, signatures };
}

const wireOf = (certificate: QuorumCertificate) =>
  WireCertificate.decode(WireCertificate.encode(certificateToWire(certificate)).finish());
const read = (wire: WireCertificate) => certificateFromWire(wire, WIRE_LIMITS);

describe('a certificate on the wire', () => {
  test('comes back as it was, of any kind and any instance', () => {
    const kinds = fc.constantFrom(
      'prepare',
      'pre-commit',
      'commit',
      'approve',
      'vote',
      'a-name-of-sixteen'.slice(0, 16),
    );
    fc.assert(
      fc.property(kinds, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (kind, instance) => {
        const certificate = certified(kind, instance);
        assert.deepEqual(read(wireOf(certificate)), certificate);
      }),
    );
  });

  test('says a phase by its number alone where views run across heights', () => {
    const { phase, kind, instance } = wireOf(certified('commit', 0n));
    assert.deepEqual([phase, kind, instance], [3, '', 0n]);
  });

  test('says a phase of another instance by its name', () => {
    const { phase, kind, instance } = wireOf(certified('commit', 7n));
    assert.deepEqual([phase, kind, instance], [0, 'commit', 7n]);
  });

  for (const [what, change, fault] of [
    ['neither kind nor phase', { phase: 0 }, /known phase is missing/],
    ['a phase that does not exist', { phase: 9 as 1 }, /known phase is missing/],
    ['a phase beside a kind', { kind: 'vote', instance: 7n }, /phase beside kind/],
    ['an instance without a kind', { instance: 7n }, /instance without kind/],
    ['a kind that has a phase', { phase: 0, kind: 'commit' }, /kind has a phase/],
    ['a kind that is too long', { phase: 0, kind: 'v'.repeat(17), instance: 7n }, /kind is no name/],
    ['a kind that is no name', { phase: 0, kind: 'Vote 1', instance: 7n }, /kind is no name/],
  ] as const) {
    test(`is refused with ${what}`, () => {
      assert.throws(() => read({ ...wireOf(certified('commit', 0n)), ...change }), fault);
    });
  }
});
