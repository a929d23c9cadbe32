import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type FederationSizes,
  federationSizes,
  LARGEST_SIZES,
  LARGEST_TERMS,
  type SizeTerms,
} from '#libs/chain/federation-sizes.ts';
import { toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { SCHEME_SIZES, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { MEMBERS_MAX } from '#libs/membership/limits.ts';
import { HOTSTUFF_WIRE } from '#libs/peer-wire/hotstuff.ts';
import { QuorumCertificate, TimeoutCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { timeoutCertificateOf, timeoutShareOf } from '#libs/protocol/hotstuff/statements.ts';
import { EVIDENCE_BYTES_MAX } from '#libs/protocol/limits.ts';
import { certificateToWire, timeoutCertificateToWire } from './certificate.ts';
import { WIRE_LIMITS, wireLimitsOf } from './limits.ts';

const U64 = 2n ** 64n - 1n;
const schemes = schemeNames().map((name) => SCHEME_SIZES[name].signature);
const anyTerms = fc.record({
  members: fc.integer({ min: 1, max: LARGEST_TERMS.members }),
  signatureBytes: fc.constantFrom(...schemes),
});

/** The largest that members of these terms can make: all of them sign, and every number is as long as it gets. */
function largest({ members, signatureBytes }: SizeTerms) {
  const signatures = Array.from({ length: members }, (_, at) => ({
    member: toMemberIndex(at),
    signature: new Uint8Array(signatureBytes),
  }));
  const digest = toDigest('f'.repeat(64));
  const fact = { instance: U64, view: toView(U64), height: toHeight(U64), digest };
  const longKind = { ...fact, kind: 'k'.repeat(16), signatures };
  const certificate = { ...fact, kind: 'prepare', instance: 0n, signatures };
  const shares = signatures.map((each) => timeoutShareOf(each, certificate));
  const leave = timeoutCertificateOf(toView(U64), shares, certificate);
  return { signatures, longKind, certificate, leave };
}

function bytesOf(terms: SizeTerms) {
  const { signatures, longKind, certificate, leave } = largest(terms);
  const [own = assert.fail()] = signatures;
  const commit = { ...certificate, kind: 'commit' };
  const report = { kind: 'timeout', view: leave.view, ...own, high: certificate, commit } as const;
  const body = HOTSTUFF_WIRE.toWire({ ...report, timeoutCertificate: leave }, 'whole');
  return {
    certificate: QuorumCertificate.encode(certificateToWire(longKind)).finish().length,
    leave: TimeoutCertificate.encode(timeoutCertificateToWire(leave)).finish().length,
    report: PeerMessage.encode({ chainTag: new Uint8Array(8), epoch: U64, body }).finish().length,
  };
}

describe('the sizes of messages follow from members and scheme', () => {
  test('and hold for the largest that can be encoded, by a tenth at most', () => {
    for (const terms of [
      { members: 1, signatureBytes: 17_088 },
      { members: 4, signatureBytes: 7_856 },
      { members: 50, signatureBytes: 17_088 },
      { members: 342, signatureBytes: 29_792 },
    ]) {
      const made = bytesOf(terms);
      const bounds = federationSizes(terms);
      for (const [bytes, bound] of [
        [made.certificate, bounds.certificateBytesMax],
        [made.leave, bounds.leaveCertificateBytesMax],
        [made.report, bounds.reportBytesMax],
      ] as const) {
        assert.ok(bytes <= bound, `${bytes} of ${bound} for ${terms.members} members`);
        assert.ok(bound <= bytes * 1.1, `${bound} for ${bytes} is no bound but a guess`);
      }
    }
  });

  test('also with the reserved key of each signature', () => {
    const terms = { members: 4, signatureBytes: 7_856 };
    const { longKind, leave } = largest(terms);
    const key = new Uint8Array(32);
    const certificate = certificateToWire(longKind);
    const signatures = certificate.signatures.map((each) => ({ ...each, key }));
    const timeouts = timeoutCertificateToWire(leave);
    const shares = timeouts.shares.map((each) => ({ ...each, key }));
    const high = timeouts.highCertificate && { ...timeouts.highCertificate, signatures };
    const bounds = federationSizes(terms);
    const bytes = QuorumCertificate.encode({ ...certificate, signatures }).finish().length;
    assert.ok(bytes <= bounds.certificateBytesMax, `${bytes}`);
    const leaving = TimeoutCertificate.encode({ ...timeouts, shares, highCertificate: high }).finish().length;
    assert.ok(leaving <= bounds.leaveCertificateBytesMax, `${leaving}`);
  });

  test('more members or larger signatures never make any of them smaller', () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, (a, b) => {
        const [low, high] = [federationSizes(a), federationSizes(b)];
        fc.pre(a.members <= b.members && a.signatureBytes <= b.signatureBytes);
        const isMonotone = (key: keyof FederationSizes) => low[key] <= high[key];
        return (
          isMonotone('signatureBytesMax') &&
          isMonotone('certificateBytesMax') &&
          isMonotone('leaveCertificateBytesMax') &&
          isMonotone('reportBytesMax') &&
          isMonotone('evidenceBytesMax')
        );
      }),
    );
    const [one, more] = [
      federationSizes({ members: 4, signatureBytes: 1 }),
      federationSizes({ members: 5, signatureBytes: 1 }),
    ];
    assert.ok(one.certificateBytesMax < more.certificateBytesMax);
    assert.ok(one.leaveCertificateBytesMax < more.leaveCertificateBytesMax);
  });

  test('the largest terms are those of the largest scheme, and give the bounds of readers that know no terms', () => {
    assert.equal(LARGEST_TERMS.signatureBytes, Math.max(...schemes));
    assert.equal(WIRE_LIMITS.signatureBytesMax, LARGEST_SIZES.signatureBytesMax);
    assert.equal(WIRE_LIMITS.membersMax, MEMBERS_MAX);
    assert.equal(EVIDENCE_BYTES_MAX, 101_760);
  });

  test('limits of known terms are narrower, never wider, and change nothing else', () => {
    fc.assert(
      fc.property(anyTerms, ({ members, signatureBytes }) => {
        const { membersMax, signatureBytesMax, ...others } = wireLimitsOf({ members, signatureBytes });
        assert.deepEqual([membersMax, signatureBytesMax], [members, signatureBytes]);
        assert.deepEqual({ ...WIRE_LIMITS, ...others }, WIRE_LIMITS);
      }),
    );
    assert.deepEqual(wireLimitsOf({ members: 10_000, signatureBytes: 1_000_000 }), WIRE_LIMITS);
  });
});
