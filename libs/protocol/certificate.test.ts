import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type MemberIndex, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  certificateFault,
  claimsOf,
  genesisCertificate,
  genesisRoot,
  type QuorumCertificate,
} from './certificate.ts';
import {
  blockStatement,
  timeoutCertificateOf,
  timeoutShareOf,
  timeoutStatement,
} from './hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from './hotstuff/vote-table.ts';
import {
  type LeaveCertificate,
  type LeaveShare,
  leaveCertificateFault,
  leaveClaimsOf,
} from './leave-certificate.ts';
import type { Signed } from './signed.ts';
import { validatorSet } from './validator-set.ts';

const GENESIS = toDigest('a0'.repeat(32));
const ROOT = genesisRoot(GENESIS);
const BLOCK = toDigest('b1'.repeat(32));
const OTHER = toDigest('c2'.repeat(32));
const set = validatorSet(
  toEpoch(0n),
  ['a', 'b', 'c', 'd'].map((name) => ({ name, publicKey: Buffer.from(name), weight: 1n })),
);

/** Signatures whose bytes tell their member; nothing here verifies them. */
const signedBy = (...members: number[]): Signed[] =>
  members.map((member) => ({ member: toMemberIndex(member), signature: Uint8Array.of(member) }));

function certificate(change: Partial<QuorumCertificate> = {}): QuorumCertificate {
  return {
    kind: 'prepare',
    instance: 0n,
    view: toView(3n),
    height: toHeight(2n),
    digest: BLOCK,
    signatures: signedBy(0, 1, 2),
    ...change,
  };
}

function share(member: number, highView: bigint, highDigest = BLOCK): LeaveShare {
  const own = { member: toMemberIndex(member), signature: Uint8Array.of(member) };
  return timeoutShareOf(own, { view: toView(highView), digest: highDigest });
}

function timeoutCertificate(change: Partial<LeaveCertificate> = {}): LeaveCertificate {
  const shares = [share(0, 3n), share(1, 0n, GENESIS), share(3, 2n, OTHER)];
  return { ...timeoutCertificateOf(toView(5n), shares, certificate()), ...change };
}

describe('certificateFault', () => {
  const fault = (change: Partial<QuorumCertificate>) =>
    certificateFault(certificate(change), set, ROOT, HOTSTUFF_TABLE);

  test('accepts distinct, ascending, known members of a quorum', () => {
    assert.equal(fault({}), undefined);
    assert.equal(fault({ signatures: signedBy(0, 1, 2, 3) }), undefined);
    assert.equal(fault({ signatures: signedBy(1, 2, 3) }), undefined);
  });

  test('accepts the genesis certificate of every phase (HS-09)', () => {
    for (const phase of ['prepare', 'pre-commit', 'commit'] as const) {
      assert.equal(
        certificateFault(genesisCertificate(HOTSTUFF_TABLE, phase, GENESIS), set, ROOT, HOTSTUFF_TABLE),
        undefined,
      );
    }
  });

  test('accepts a high certificate of the very view that was given up', () => {
    assert.equal(fault({ view: toView(3n) }), undefined);
  });

  for (const [name, change, expected] of [
    ['a signer named twice', { signatures: signedBy(0, 1, 1) }, /repeated/],
    ['a quorum of one signer', { signatures: signedBy(0, 0, 0, 0) }, /repeated/],
    ['signers out of order', { signatures: signedBy(0, 2, 1) }, /out of order/],
    ['an unknown signer', { signatures: signedBy(0, 1, 4) }, /unknown signer/],
    ['an unknown signer beside a quorum', { signatures: signedBy(0, 1, 2, 512) }, /unknown signer/],
    ['a thin quorum', { signatures: signedBy(0, 1) }, /below quorum/],
    ['no signatures', { signatures: [] }, /below quorum/],
    [
      'genesis with a view of 10^9 (RULES.md A.5)',
      { digest: GENESIS, height: toHeight(0n), view: toView(10n ** 9n), signatures: [] },
      /below quorum/,
    ],
    [
      'view 0 of another block',
      { view: toView(0n), signatures: [], height: toHeight(0n) },
      /without being it/,
    ],
    [
      'view 0 with signatures',
      { view: toView(0n), digest: GENESIS, height: toHeight(0n) },
      /without being it/,
    ],
    ['genesis at another height', { view: toView(0n), digest: GENESIS, signatures: [] }, /without being it/],
    ['another instance than the one there is', { instance: 2n }, /another instance/],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.match(fault(change) ?? 'no fault', expected);
    });
  }

  test('accepts no list of signers but a strictly ascending one of a quorum', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 6 }), (members) => {
        const ascending = members.every(
          (member, index) => index === 0 || member > (members[index - 1] ?? -1),
        );
        const good = ascending && members.length >= 3 && members.every((member) => member < 4);
        assert.equal(fault({ signatures: signedBy(...members) }) === undefined, good);
      }),
    );
  });
});

describe('leaveCertificateFault', () => {
  const fault = (change: Partial<LeaveCertificate>) =>
    leaveCertificateFault(timeoutCertificate(change), set, ROOT, HOTSTUFF_TABLE);

  test('accepts a quorum of reports with the highest certificate among them', () => {
    assert.equal(fault({}), undefined);
  });

  test('accepts reports of genesis alone', () => {
    const shares = [0, 1, 2].map((member) => share(member, 0n, GENESIS));
    assert.equal(fault({ shares, high: genesisCertificate(HOTSTUFF_TABLE, 'prepare', GENESIS) }), undefined);
  });

  for (const [name, change, expected] of [
    ['a high certificate of another phase', { high: certificate({ kind: 'pre-commit' }) }, /another phase/],
    ['a high certificate below the highest report', { high: certificate({ view: toView(2n) }) }, /highest/],
    ['a high certificate above every report', { high: certificate({ view: toView(4n) }) }, /highest/],
    ['a high certificate of a later view', { view: toView(2n) }, /highest/],
    ['a high certificate that nobody reported', { high: certificate({ digest: OTHER }) }, /not reported/],
    ['a member that reports twice', { shares: [share(0, 3n), share(0, 3n), share(1, 3n)] }, /repeated/],
    ['reports out of order', { shares: [share(1, 3n), share(0, 3n), share(2, 3n)] }, /out of order/],
    ['a report of a stranger', { shares: [share(0, 3n), share(1, 3n), share(4, 3n)] }, /unknown/],
    ['too few reports', { shares: [share(0, 3n), share(1, 3n)] }, /below quorum/],
    ['a thin high certificate', { high: certificate({ signatures: signedBy(0, 1) }) }, /below quorum/],
    ['no reports at all', { shares: [] }, /highest/],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.match(fault(change) ?? 'no fault', expected);
    });
  }
});

describe('claims', () => {
  const membersOf = (claims: readonly { readonly member: MemberIndex }[]) =>
    claims.map(({ member }) => Number(member));

  test('of a certificate say its phase, view, height and block for every signer', () => {
    const claims = claimsOf(certificate({ kind: 'commit' }));
    assert.deepEqual(membersOf(claims), [0, 1, 2]);
    for (const { statement, signature, member } of claims) {
      assert.deepEqual(
        statement,
        blockStatement('commit', toView(3n), { height: toHeight(2n), digest: BLOCK }),
      );
      assert.deepEqual(signature, Uint8Array.of(member));
    }
  });

  test('of a timeout certificate say what each member reported, and include its certificate', () => {
    const claims = leaveClaimsOf(timeoutCertificate());
    assert.deepEqual(membersOf(claims), [0, 1, 3, 0, 1, 2]);
    assert.deepEqual(claims[2]?.statement, timeoutStatement(toView(5n), { view: toView(2n), digest: OTHER }));
    assert.deepEqual(claims[3]?.statement.kind, 'prepare');
  });

  test('of genesis are none', () => {
    assert.deepEqual(claimsOf(genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS)), []);
  });
});
