import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toCertifiedKeyDigest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import { CERTIFYING_TABLE } from '#test/support/protocol/certifying-table.ts';
import { type Claim, certificateFault, genesisRoot } from './certificate.ts';
import {
  blockStatement,
  timeoutCertificateOf,
  timeoutShareOf,
  timeoutStatement,
} from './hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from './hotstuff/vote-table.ts';
import { leaveCertificateFault } from './leave-certificate.ts';
import {
  type CertifiedKeys,
  type ClaimContext,
  NO_CERTIFIED_KEYS,
  resolveClaim,
  resolveKey,
  resolveOwn,
} from './resolve-claim.ts';
import { validatorSet } from './validator-set.ts';

const KEY = toCertifiedKeyDigest('ab'.repeat(32));
const OTHER_KEY = toCertifiedKeyDigest('cd'.repeat(32));
const MEMBER = toMemberIndex(2);
const SIGNATURE = Uint8Array.of(7);
const BLOCK = { height: toHeight(1n), digest: toDigest('d'.repeat(64)) };
const CERTIFIED = { scheme: 'ed25519', publicKey: Uint8Array.of(99) };
const set = validatorSet(
  toEpoch(3n),
  ['a', 'b', 'c', 'd'].map((name, at) => ({ name, publicKey: Uint8Array.of(at), weight: 1n })),
);
const context: ClaimContext = {
  ...{ set, scheme: 'slh-dsa-sha2-128f', table: HOTSTUFF_TABLE, certified: NO_CERTIFIED_KEYS },
  scope: { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(3n) },
};
/** Member 2 certified one key. */
const known: CertifiedKeys = {
  find: (member, key) => (member === MEMBER && key === KEY ? CERTIFIED : undefined),
};

function claim(kind: 'proposal' | 'prepare' | 'commit', change: Partial<Claim> = {}): Claim {
  const statement = blockStatement(kind, toView(5n), BLOCK);
  return { member: MEMBER, signature: SIGNATURE, statement, ...change };
}

describe('a claim is resolved', () => {
  test("to the member's own key, the scheme of the members and the bytes of the statement", () => {
    const { statement } = claim('commit');
    assert.deepEqual(resolveClaim(claim('commit'), context), {
      kind: 'resolved',
      resolved: {
        scheme: 'slh-dsa-sha2-128f',
        publicKey: Uint8Array.of(2),
        message: HOTSTUFF_TABLE.bytes(context.scope, statement),
        signature: SIGNATURE,
      },
    });
  });

  test("to the member's own key also where another one might have signed", () => {
    const found = resolveClaim(claim('prepare'), { ...context, table: CERTIFYING_TABLE, certified: known });
    assert.ok(found.kind === 'resolved');
    assert.deepEqual(found.resolved.publicKey, Uint8Array.of(2));
  });

  test('to nothing for somebody unknown, with a key or without', () => {
    const all = { ...context, table: CERTIFYING_TABLE, certified: known };
    const refused = { kind: 'refused', fault: 'unknown signer' };
    assert.deepEqual(resolveClaim(claim('prepare', { member: toMemberIndex(4) }), all), refused);
    assert.deepEqual(resolveClaim(claim('prepare', { member: toMemberIndex(4), key: KEY }), all), refused);
  });

  test('to a certified key and its scheme, over the same bytes, where the kind takes one', () => {
    const found = resolveClaim(claim('prepare', { key: KEY }), {
      ...context,
      table: CERTIFYING_TABLE,
      certified: known,
    });
    const message = HOTSTUFF_TABLE.bytes(context.scope, claim('prepare').statement);
    assert.deepEqual(found, { kind: 'resolved', resolved: { ...CERTIFIED, message, signature: SIGNATURE } });
  });

  test('not yet, for a key that nobody here knows, or that another member certified', () => {
    const all = { ...context, table: CERTIFYING_TABLE };
    for (const [member, key, certified] of [
      [MEMBER, KEY, NO_CERTIFIED_KEYS],
      [MEMBER, OTHER_KEY, known],
      [toMemberIndex(1), KEY, known],
    ] as const) {
      const found = resolveClaim(claim('prepare', { member, key }), { ...all, certified });
      assert.deepEqual(found, { kind: 'unresolved' });
      assert.deepEqual(resolveKey(claim('prepare', { member, key }), { ...all, certified }), found);
    }
  });

  const refused = { kind: 'refused', fault: 'signature by another key than its kind takes' };

  test("to nothing for a key under a kind that takes the member's own alone, known or not", () => {
    const certifying = { ...context, table: CERTIFYING_TABLE };
    for (const certified of [NO_CERTIFIED_KEYS, known]) {
      for (const kind of ['proposal', 'prepare', 'commit'] as const)
        assert.deepEqual(resolveClaim(claim(kind, { key: KEY }), { ...context, certified }), refused);
      for (const kind of ['proposal', 'commit'] as const)
        assert.deepEqual(resolveClaim(claim(kind, { key: KEY }), { ...certifying, certified }), refused);
    }
  });

  test('to nothing for a key under a kind that the table lacks, also one that every object has', () => {
    for (const kind of ['finalize', 'constructor']) {
      const statement = { ...claim('prepare').statement, kind };
      const all = { ...context, table: CERTIFYING_TABLE, certified: known };
      assert.deepEqual(resolveKey({ ...claim('prepare', { key: KEY }), statement }, all), refused);
    }
  });

  test("to the member's own key alone for a vote for a change, which is in no table", () => {
    const change = { chain: context.scope.chain, epoch: toEpoch(3n), leave: [], join: [] };
    const message = membershipSigningBytes('hotstuff', {
      change,
      digest: BLOCK.digest,
      goodUntil: toHeight(9n),
    });
    const vote = { member: MEMBER, signature: SIGNATURE };
    const { set: members, scheme } = context;
    assert.deepEqual(resolveOwn(vote, context, message), {
      kind: 'resolved',
      resolved: { scheme, publicKey: members.members[2]?.publicKey, message, signature: SIGNATURE },
    });
    assert.deepEqual(resolveOwn({ ...vote, key: KEY }, { ...context }, message), refused);
    const stranger = { ...vote, member: toMemberIndex(9) };
    assert.deepEqual(resolveOwn(stranger, context, message), { kind: 'refused', fault: 'unknown signer' });
  });
});

describe('a certificate with a signature by another key', () => {
  const root = genesisRoot(toDigest('0'.repeat(64)));
  const signatures = [0, 1, 2].map((at) => ({ member: toMemberIndex(at), signature: SIGNATURE }));
  const [first = assert.fail(), ...others] = signatures;
  const signed = [{ ...first, key: KEY }, ...others];
  const FAULT = 'signature by another key than its kind takes';
  const fact = { instance: 0n, view: toView(5n), ...BLOCK };

  test('is at fault before any signature is verified, unless its kind takes one', () => {
    for (const kind of ['prepare', 'commit']) {
      const good = { ...fact, kind, signatures };
      assert.equal(certificateFault(good, set, root, HOTSTUFF_TABLE), undefined);
      assert.equal(certificateFault({ ...good, signatures: signed }, set, root, HOTSTUFF_TABLE), FAULT);
    }
    const commit = { ...fact, kind: 'commit', signatures: signed };
    assert.equal(certificateFault(commit, set, root, CERTIFYING_TABLE), FAULT);
    assert.equal(certificateFault({ ...commit, kind: 'prepare' }, set, root, CERTIFYING_TABLE), undefined);
  });

  test('the same of a view that was given up', () => {
    const high = { ...fact, kind: 'prepare', view: toView(4n), signatures };
    const shares = signed.map((each) => timeoutShareOf(each, high));
    assert.deepEqual(shares[0]?.reports, timeoutStatement(toView(5n), high).reports);
    const certificate = timeoutCertificateOf(toView(5n), shares, high);
    assert.equal(leaveCertificateFault(certificate, set, root, HOTSTUFF_TABLE), FAULT);
    assert.equal(leaveCertificateFault(certificate, set, root, CERTIFYING_TABLE), undefined);
  });
});
