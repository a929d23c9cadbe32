import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { blockNamed } from '#test/support/chain/claims.ts';
import type { QuorumCertificate } from './certificate.ts';
import {
  certificateName,
  factOf,
  isSameName,
  leaveCertificateName,
  membersIn,
  nameText,
} from './certificate-name.ts';
import type { LeaveCertificate } from './leave-certificate.ts';

const MEMBERS_MAX = 512;

const signed = (member: number, byte = 1) => ({
  member: toMemberIndex(member),
  signature: Uint8Array.of(byte, member & 255),
});

function certificate(change: Partial<QuorumCertificate> = {}): QuorumCertificate {
  const place = { instance: 5n, view: toView(2n), height: toHeight(5n) };
  const signatures = [0, 1, 3].map((member) => signed(member));
  return { kind: 'prepare', ...place, digest: blockNamed('a'), signatures, ...change };
}

function leave(change: Partial<LeaveCertificate> = {}): LeaveCertificate {
  const reports = [{ instance: 5n, view: toView(1n), digest: blockNamed('a') }];
  const shares = [
    { ...signed(0), reports },
    { ...signed(2), reports: [] },
  ];
  return { kind: 'leave', instance: 5n, view: toView(2n), shares, high: undefined, ...change };
}

describe('the name of a certificate', () => {
  test('is what it says and who says so, never the bytes of a signature', () => {
    const again = certificate({ signatures: [0, 1, 3].map((member) => signed(member, 9)) });
    assert.ok(isSameName(certificateName(certificate()), certificateName(again)));
    assert.deepEqual(certificateName(certificate()).signers, Uint8Array.of(0b1011));
    assert.equal(certificateName(certificate()).fact, factOf(certificate()));
  });

  for (const [name, change] of [
    ['kind', { kind: 'commit' }],
    ['instance', { instance: 6n }],
    ['view', { view: toView(3n) }],
    ['height', { height: toHeight(6n) }],
    ['block', { digest: blockNamed('b') }],
  ] as const) {
    test(`is another one of another ${name}`, () => {
      assert.notEqual(factOf(certificate(change)), factOf(certificate()));
    });
  }

  test('is another one of other members, with the same fact', () => {
    const other = certificate({ signatures: [0, 1, 2].map((member) => signed(member)) });
    assert.equal(factOf(other), factOf(certificate()));
    assert.equal(isSameName(certificateName(other), certificateName(certificate())), false);
  });

  test('of the root of an epoch has no signers', () => {
    const { fact, signers } = certificateName(certificate({ signatures: [] }));
    assert.deepEqual([nameText({ fact, signers }), signers.length], [`${fact} `, 0]);
  });

  test('tells who signed, for any members', () => {
    const members = fc.uniqueArray(fc.nat({ max: MEMBERS_MAX - 1 }), { size: 'max', maxLength: 60 });
    fc.assert(
      fc.property(members, (some) => {
        const ascending = some.toSorted((a, b) => a - b);
        const { signers } = certificateName(
          certificate({ signatures: ascending.map((each) => signed(each)) }),
        );
        assert.deepEqual(membersIn(signers, MEMBERS_MAX), ascending);
      }),
    );
  });
});

describe('a bitmap of signers', () => {
  for (const [name, bytes, members] of [
    ['a byte of zeros at its end', [1, 0], 16],
    ['zeros alone', [0], 16],
    ['a member that there is not', [0b1_0000], 4],
    ['a whole byte of members that there are not', [1, 1], 4],
    ['more bytes than any federation has', Array.from({ length: 1_000_000 }, () => 1), 4],
  ] as const) {
    test(`is refused with ${name}`, () => {
      assert.equal(membersIn(Uint8Array.from(bytes), members), undefined);
    });
  }

  test('is the only one for its members', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5 }), fc.nat({ max: 40 }), (bytes, members) => {
        const named = membersIn(bytes, members);
        if (named === undefined) return;
        const signatures = named.map((each) => signed(each));
        assert.deepEqual(certificateName(certificate({ signatures })).signers, bytes);
      }),
    );
  });
});

describe('the name of a leave certificate', () => {
  test('is what each member reported, and not its signature nor the certificate beside it', () => {
    const shares = leave().shares.map((share) => ({ ...share, signature: Uint8Array.of(7) }));
    const again = leave({ shares, high: certificate() });
    assert.ok(isSameName(leaveCertificateName(again), leaveCertificateName(leave())));
    assert.deepEqual(leaveCertificateName(leave()).signers, Uint8Array.of(0b101));
  });

  test('is another one where another view is left, another member reports, or the reports are exchanged', () => {
    const [first, second] = leave().shares;
    assert.ok(first !== undefined && second !== undefined);
    const exchanged = [
      { ...first, reports: second.reports },
      { ...second, reports: first.reports },
    ];
    for (const other of [
      leave({ view: toView(3n) }),
      leave({ shares: [first] }),
      leave({ shares: exchanged }),
    ]) {
      assert.notEqual(leaveCertificateName(other).fact, leaveCertificateName(leave()).fact);
    }
  });
});
