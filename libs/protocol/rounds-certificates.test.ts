import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { certificateFault, type EpochRoot, type QuorumCertificate, rootCertificate } from './certificate.ts';
import {
  type LeaveCertificate,
  type LeaveShare,
  leaveCertificateFault,
  leaveClaimsOf,
} from './leave-certificate.ts';
import { validatorSet } from './validator-set.ts';

const [A, B] = ['a', 'b'].map((digit) => toDigest(digit.repeat(64))) as [
  ReturnType<typeof toDigest>,
  ReturnType<typeof toDigest>,
];
const ROOT: EpochRoot = { view: toView(9n), height: toHeight(4n), digest: B };
const set = validatorSet(
  toEpoch(1n),
  ['a', 'b', 'c', 'd'].map((name) => ({ name, publicKey: Buffer.from(name), weight: 1n })),
);
const signed = (member: number) => ({ member: toMemberIndex(member), signature: Uint8Array.of(member) });

function certificate(change: Partial<QuorumCertificate> = {}): QuorumCertificate {
  const place = { instance: 5n, view: toView(0n), height: toHeight(5n) };
  return { kind: 'prepare', ...place, digest: A, signatures: [0, 1, 2].map(signed), ...change };
}

function share(member: number, view?: bigint, change: { readonly instance?: bigint } = {}): LeaveShare {
  const reports = view === undefined ? [] : [{ instance: 5n, view: toView(view), digest: A, ...change }];
  return { ...signed(member), reports };
}

describe('a certificate of a protocol with an instance for each height', () => {
  const fault = (change: Partial<QuorumCertificate>) =>
    certificateFault(certificate(change), set, ROOT, ROUNDS_TABLE);

  test('is good in the first view of a height above the root, whatever the view of the root', () => {
    assert.equal(fault({}), undefined);
    assert.equal(fault({ view: toView(3n) }), undefined);
  });

  test('is that of the root when it has no signature', () => {
    assert.equal(
      certificateFault(rootCertificate(ROUNDS_TABLE, 'commit', ROOT), set, ROOT, ROUNDS_TABLE),
      undefined,
    );
    assert.equal(fault({ signatures: [] }), 'signers below quorum');
    const elsewhere = { ...rootCertificate(ROUNDS_TABLE, 'commit', ROOT), instance: 99n };
    assert.equal(
      certificateFault(elsewhere, set, ROOT, ROUNDS_TABLE),
      'certificate of another instance than that of its block',
    );
  });

  test('is refused by the name of what is wrong with its place', () => {
    const other = 'certificate of another instance than that of its block';
    assert.equal(fault({ instance: 6n }), other);
    assert.equal(
      fault({ instance: 0n }),
      other,
      'the one instance of protocols whose views run across heights',
    );
    const late = { ...ROUNDS_TABLE, firstView: toView(1n) };
    assert.equal(certificateFault(certificate(), set, ROOT, late), 'certificate of a view before the first');
  });

  for (const [name, change] of [
    ['of the height of the root', { instance: 4n, height: toHeight(4n), view: toView(10n) }],
    [
      'of an instance below the root, in a late view',
      { instance: 3n, height: toHeight(3n), view: toView(99n) },
    ],
  ] as const) {
    test(`is refused when it is ${name}`, () => {
      assert.equal(fault(change), 'at the position of the root or below, without being it');
    });
  }

  for (const kind of ['proposal', 'leave', 'pre-commit', 'constructor', '__proto__', 'toString']) {
    test(`is refused as one of the kind ${kind}, of which there are none`, () => {
      assert.equal(fault({ kind }), 'certificate of an unknown kind');
    });
  }
});

describe('a leave certificate of a protocol whose members need not report', () => {
  const leave: LeaveCertificate = {
    ...{ kind: 'leave', instance: 5n, view: toView(2n), high: undefined },
    shares: [share(0), share(1), share(3)],
  };
  const fault = (change: Partial<LeaveCertificate>) =>
    leaveCertificateFault({ ...leave, ...change }, set, ROOT, ROUNDS_TABLE);
  const mixed = [share(0), share(1, 1n), share(2, 0n)];

  test('is good without a report, and with the highest of those that were made', () => {
    assert.equal(fault({}), undefined);
    assert.equal(fault({ shares: mixed, high: certificate({ view: toView(1n) }) }), undefined);
  });

  test('claims what each member said: its report, or none', () => {
    const claims = leaveClaimsOf({ ...leave, shares: mixed });
    const place = { kind: 'leave', instance: 5n, view: 2n, block: undefined };
    assert.deepEqual(
      claims.map(({ statement }) => statement),
      mixed.map(({ reports }) => ({ ...place, reports })),
    );
  });

  for (const [name, change, expected] of [
    ['hides a report', { shares: mixed }, 'high certificate is not the highest reported'],
    ['has a certificate that nobody reports', { high: certificate() }, 'high certificate was not reported'],
    [
      'has an older one than was reported',
      { shares: mixed, high: certificate() },
      'high certificate is not the highest reported',
    ],
    [
      'reports of another instance',
      { shares: [share(0, 1n, { instance: 4n }), share(1), share(2)] },
      'share without the one report of its instance',
    ],
    [
      'reports twice in one share',
      { shares: [{ ...share(0), reports: [...share(0, 1n).reports, ...share(0, 0n).reports] }] },
      'share without the one report of its instance',
    ],
    ['is of a kind of vote', { kind: 'commit' }, 'certificate of a kind that gives no view up'],
    ['is of no kind', { kind: 'constructor' }, 'certificate of a kind that gives no view up'],
    ['is of the height of the root', { instance: 4n }, 'leave certificate of an instance that is over'],
    ['is of too few', { shares: [share(0), share(1)] }, 'signers below quorum'],
  ] as const) {
    test(`is refused when it ${name}`, () => assert.equal(fault(change), expected));
  }
});
