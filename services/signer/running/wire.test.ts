import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { encodeChange } from '#libs/membership/change.ts';
import { Phase, QuorumCertificate, TimeoutCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import {
  CertificateKind,
  type Grounds,
  type Scope,
  type SignRequest,
  type Statement,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { signRequestOf } from '#services/consensus/adapters/sign-request.ts';
import { blockOn, certify, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { roundsLeave, roundsVote } from '#test/support/protocol/rounds-votes.ts';
import { signingRequestFromWire } from './signing-wire.ts';
import { certificateRequestFromWire, membershipVoteFromWire } from './wire.ts';

const CHAIN = new Uint8Array(32).fill(0xcc);
const BLOCK = new Uint8Array(32).fill(0xaa);
const scope = { chainDigest: CHAIN, epoch: 0n, session: 5n };
const header = headerToWire(GENESIS.header);
const proposalSignature = new Uint8Array([1, 2]);
const statement = {
  ...{ kind: 'prepare', instance: 6n, view: 7n },
  block: { height: 3n, digest: BLOCK },
  reports: [],
};
const grounds = { header, justifyView: 6n, proposalSignature, certificate: undefined };
const request: SignRequest = { scope, statement, grounds };
const report = { instance: 6n, view: 7n, digest: BLOCK };
const about = (change: Partial<Statement>): SignRequest => ({
  ...request,
  statement: { ...statement, ...change },
});
const upon = (change: Partial<Grounds>): SignRequest => ({ ...request, grounds: { ...grounds, ...change } });
const within = (change: Partial<Scope>): SignRequest => ({ ...request, scope: { ...scope, ...change } });
const change = { chain: toDigest('cc'.repeat(32)), epoch: toEpoch(1n), leave: ['m1'], join: [] };

describe('the wire', () => {
  test('is read into statements of any protocol, and what they rest on', () => {
    const digest = toDigest('aa'.repeat(32));
    const asking = { chain: 'cc'.repeat(32), epoch: 0n, session: 5n };
    const said = { kind: 'prepare', instance: 6n, view: 7n, reports: [] };
    assert.deepEqual(signingRequestFromWire(request), {
      asking,
      statement: { ...said, block: { height: 3n, digest } },
      grounds: { header: GENESIS.header, proposalSignature: { signature: proposalSignature } },
      justifyView: 6n,
    });
    const leave = about({ kind: 'leave', block: undefined, reports: [report] });
    assert.deepEqual(signingRequestFromWire({ ...leave, grounds: undefined }), {
      asking,
      statement: {
        ...{ kind: 'leave', instance: 6n, view: 7n, block: undefined },
        reports: [{ instance: 6n, view: 7n, digest }],
      },
      grounds: {},
      justifyView: undefined,
    });
  });

  test('is read with the grounds that are shown, and no others', () => {
    const proposalKey = new Uint8Array(32).fill(0xab);
    const byKey = signingRequestFromWire(upon({ proposalKey })).grounds.proposalSignature;
    assert.deepEqual(byKey, { signature: proposalSignature, key: 'ab'.repeat(32) });
    const unsigned = signingRequestFromWire(upon({ proposalSignature: new Uint8Array() }));
    assert.deepEqual(unsigned.grounds, { header: GENESIS.header });
    const headless = signingRequestFromWire(upon({ header: undefined }));
    assert.deepEqual(headless.grounds, { proposalSignature: { signature: proposalSignature } });
    assert.equal(headless.justifyView, undefined);
    const certificate = certificateToWire(certify('prepare', blockOn(GENESIS, 1)));
    const rested = signingRequestFromWire(upon({ certificate })).grounds.certificate;
    assert.deepEqual([rested?.kind, rested?.instance, rested?.view], ['prepare', 0n, 1n]);
  });

  test('says of consensus what consensus said: what it sends is what is read', () => {
    const digest = toDigest('aa'.repeat(32));
    for (const told of [
      blockStatement('pre-commit', toView(7n), { height: toHeight(3n), digest }),
      timeoutStatement(toView(7n), { view: toView(7n), digest }),
      roundsVote('commit', 6n, 2n, 'a'),
      roundsLeave(6n, 2n),
      roundsLeave(6n, 2n, 1n),
    ]) {
      const sent = signRequestOf({ statement: told, grounds: {} }, undefined);
      assert.deepEqual(signingRequestFromWire({ scope, ...sent }).statement, told);
    }
  });

  test('is read into whole certificates', () => {
    const certificate = certify('prepare', blockOn(GENESIS, 1));
    const chunk = QuorumCertificate.encode(certificateToWire(certificate)).finish();
    const read = certificateRequestFromWire({ kind: CertificateKind.QUORUM, chunk, scope });
    assert.deepEqual(
      JSON.stringify(read.certificate, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
      JSON.stringify({ kind: 'quorum', certificate }, (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      ),
    );
  });

  test('is read up to the largest certificate that there is, and no further', () => {
    const each = { member: 511, signature: BLOCK, highView: 6n, highBlockDigest: BLOCK };
    const shares = Array.from({ length: 512 }, () => each);
    const about = { view: 6n, height: 3n, blockDigest: BLOCK, signatures: shares };
    const quorum = { phase: Phase.PREPARE, kind: '', instance: 0n, ...about };
    const largest = TimeoutCertificate.encode({
      ...{ kind: '', instance: 0n, view: 7n },
      ...{ shares, highCertificate: quorum },
    }).finish();
    const kind = CertificateKind.TIMEOUT;
    const { certificate } = certificateRequestFromWire({ kind, chunk: largest, scope });
    assert.ok(certificate.kind === 'leave' && certificate.certificate.shares.length === 512);
    // Fields that no certificate has: two bytes each, and each costs its reader a hundred times that.
    const padded = Buffer.concat([largest, Buffer.alloc(40_000, Buffer.from([0x7a, 0x00]))]);
    const read = () => certificateRequestFromWire({ kind, chunk: padded, scope });
    assert.throws(read, { detail: { code: 'SIGNER_MALFORMED', field: 'chunk' } });
  });

  for (const [field, read] of [
    ['scope', () => signingRequestFromWire({ ...request, scope: undefined })],
    ['scope.chain_digest', () => signingRequestFromWire(within({ chainDigest: CHAIN.subarray(1) }))],
    ['scope.epoch', () => signingRequestFromWire(within({ epoch: 2n ** 63n }))],
    ['scope.session', () => signingRequestFromWire(within({ session: 2n ** 64n - 1n }))],
    ['statement', () => signingRequestFromWire({ ...request, statement: undefined })],
    ['statement.kind', () => signingRequestFromWire(about({ kind: '' }))],
    ['statement.kind', () => signingRequestFromWire(about({ kind: 'a'.repeat(17) }))],
    ['statement.kind', () => signingRequestFromWire(about({ kind: 'Prepare' }))],
    ['statement.kind', () => signingRequestFromWire(about({ kind: 'prepare\n' }))],
    ['statement.instance', () => signingRequestFromWire(about({ instance: 2n ** 63n }))],
    ['statement.view', () => signingRequestFromWire(about({ view: 2n ** 63n }))],
    [
      'statement.block.height',
      () => signingRequestFromWire(about({ block: { height: 2n ** 63n, digest: BLOCK } })),
    ],
    [
      'statement.block.digest',
      () => signingRequestFromWire(about({ block: { height: 3n, digest: new Uint8Array() } })),
    ],
    [
      'statement.block.digest',
      () => signingRequestFromWire(about({ block: { height: 3n, digest: new Uint8Array(33) } })),
    ],
    ['statement.reports', () => signingRequestFromWire(about({ reports: [report, report] }))],
    [
      'statement.reports.instance',
      () => signingRequestFromWire(about({ reports: [{ ...report, instance: 2n ** 63n }] })),
    ],
    [
      'statement.reports.view',
      () => signingRequestFromWire(about({ reports: [{ ...report, view: 2n ** 63n }] })),
    ],
    [
      'statement.reports.digest',
      () => signingRequestFromWire(about({ reports: [{ ...report, digest: BLOCK.subarray(1) }] })),
    ],
    ['grounds.justify_view', () => signingRequestFromWire(upon({ justifyView: 2n ** 63n }))],
    [
      'grounds.header',
      () => signingRequestFromWire(upon({ header: { ...header, parentDigest: new Uint8Array(31) } })),
    ],
    ['grounds.proposal_key', () => signingRequestFromWire(upon({ proposalKey: new Uint8Array(31) }))],
    [
      'grounds.proposal_key',
      () =>
        signingRequestFromWire(
          upon({ proposalSignature: new Uint8Array(), proposalKey: new Uint8Array(32) }),
        ),
    ],
    [
      'grounds.proposal_signature',
      () => signingRequestFromWire(upon({ proposalSignature: new Uint8Array(50_000) })),
    ],
    [
      'grounds.certificate',
      () => signingRequestFromWire(upon({ certificate: QuorumCertificate.decode(new Uint8Array()) })),
    ],
    [
      'change',
      () =>
        membershipVoteFromWire(
          {
            change: encodeChange({ ...change, epoch: toEpoch(2n ** 63n) }),
            goodUntil: 1n,
          },
          'client',
        ),
    ],
    ['good_until', () => membershipVoteFromWire({ change: encodeChange(change), goodUntil: 0n }, 'client')],
    [
      'good_until',
      () => membershipVoteFromWire({ change: encodeChange(change), goodUntil: 2n ** 63n }, 'client'),
    ],
    ['kind', () => certificateRequestFromWire({ kind: CertificateKind.UNSPECIFIED, chunk: BLOCK, scope })],
    ['chunk', () => certificateRequestFromWire({ kind: CertificateKind.QUORUM, chunk: BLOCK, scope })],
    [
      'header',
      () => certificateRequestFromWire({ kind: CertificateKind.OPENING, chunk: new Uint8Array(), scope }),
    ],
    [
      'chunk',
      () => certificateRequestFromWire({ kind: CertificateKind.TIMEOUT, chunk: new Uint8Array(), scope }),
    ],
  ] as const) {
    test(`is refused by the name of the field: ${field}`, () => {
      assert.throws(read, { name: 'SignerError', detail: { code: 'SIGNER_MALFORMED', field } });
    });
  }
});
