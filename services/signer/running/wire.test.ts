import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { encodeChange } from '#libs/membership/change.ts';
import { Phase, QuorumCertificate, TimeoutCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { CertificateKind } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { blockOn, certify, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  certificateRequestFromWire,
  membershipVoteFromWire,
  proposalRequestFromWire,
  timeoutRequestFromWire,
  voteRequestFromWire,
} from './wire.ts';

const CHAIN = new Uint8Array(32).fill(0xcc);
const BLOCK = new Uint8Array(32).fill(0xaa);
const scope = { chainDigest: CHAIN, epoch: 0n, session: 5n };
const header = headerToWire(GENESIS.header);
const proposal = { scope, view: 7n, height: 3n, blockDigest: BLOCK, header, justifyView: 6n };
const proposalSignature = new Uint8Array([1, 2]);
const vote = { ...proposal, phase: Phase.PRE_COMMIT, proposalSignature, certificate: undefined };
const change = { chain: toDigest('cc'.repeat(32)), epoch: toEpoch(1n), leave: ['m1'], join: [] };
const timeout = { scope, view: 7n, highView: 7n, highBlockDigest: BLOCK };

describe('the wire', () => {
  test('is read into statements, and what they rest on', () => {
    const digest = toDigest('aa'.repeat(32));
    const asking = { chain: 'cc'.repeat(32), epoch: 0n, session: 5n };
    assert.deepEqual(proposalRequestFromWire(proposal), {
      asking,
      statement: blockStatement('proposal', toView(7n), { height: toHeight(3n), digest }),
      grounds: { header: GENESIS.header },
      justifyView: 6n,
    });
    assert.deepEqual(timeoutRequestFromWire(timeout), {
      asking,
      statement: timeoutStatement(toView(7n), { view: toView(7n), digest }),
      grounds: {},
      justifyView: undefined,
    });
    for (const [phase, kind] of [
      [Phase.PREPARE, 'prepare'],
      [Phase.PRE_COMMIT, 'pre-commit'],
      [Phase.COMMIT, 'commit'],
    ] as const) {
      assert.equal(voteRequestFromWire({ ...vote, phase }).statement.kind, kind);
    }
    const proposalKey = new Uint8Array(32).fill(0xab);
    const byKey = voteRequestFromWire({ ...vote, proposalKey }).grounds.proposalSignature;
    assert.deepEqual(byKey, { signature: proposalSignature, key: 'ab'.repeat(32) });
    const shown = { header: GENESIS.header, proposalSignature: { signature: proposalSignature } };
    assert.deepEqual(voteRequestFromWire(vote).grounds, shown);
    assert.deepEqual(voteRequestFromWire({ ...vote, header: undefined }).justifyView, undefined);
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
    const largest = TimeoutCertificate.encode({ view: 7n, shares, highCertificate: quorum }).finish();
    const kind = CertificateKind.TIMEOUT;
    const { certificate } = certificateRequestFromWire({ kind, chunk: largest, scope });
    assert.ok(certificate.kind === 'timeout' && certificate.certificate.shares.length === 512);
    // Fields that no certificate has: two bytes each, and each costs its reader a hundred times that.
    const padded = Buffer.concat([largest, Buffer.alloc(40_000, Buffer.from([0x7a, 0x00]))]);
    const read = () => certificateRequestFromWire({ kind, chunk: padded, scope });
    assert.throws(read, { detail: { code: 'SIGNER_MALFORMED', field: 'chunk' } });
  });

  for (const [field, read] of [
    ['scope', () => proposalRequestFromWire({ ...proposal, scope: undefined })],
    [
      'scope.chain_digest',
      () => voteRequestFromWire({ ...vote, scope: { ...scope, chainDigest: CHAIN.subarray(1) } }),
    ],
    ['scope.epoch', () => voteRequestFromWire({ ...vote, scope: { ...scope, epoch: 2n ** 63n } })],
    [
      'scope.session',
      () => timeoutRequestFromWire({ ...timeout, scope: { ...scope, session: 2n ** 64n - 1n } }),
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
    ['phase', () => voteRequestFromWire({ ...vote, phase: Phase.UNSPECIFIED })],
    ['phase', () => voteRequestFromWire({ ...vote, phase: 9 as Phase })],
    ['view', () => proposalRequestFromWire({ ...proposal, view: 0n })],
    ['height', () => voteRequestFromWire({ ...vote, height: 2n ** 63n })],
    ['justify_view', () => voteRequestFromWire({ ...vote, justifyView: 2n ** 63n })],
    [
      'header',
      () => voteRequestFromWire({ ...vote, header: { ...header, parentDigest: new Uint8Array(31) } }),
    ],
    ['proposal_key', () => voteRequestFromWire({ ...vote, proposalKey: new Uint8Array(31) })],
    [
      'proposal_key',
      () =>
        voteRequestFromWire({
          ...vote,
          proposalSignature: new Uint8Array(),
          proposalKey: new Uint8Array(32),
        }),
    ],
    ['proposal_signature', () => voteRequestFromWire({ ...vote, proposalSignature: new Uint8Array(50_000) })],
    ['kind', () => certificateRequestFromWire({ kind: CertificateKind.UNSPECIFIED, chunk: BLOCK, scope })],
    ['chunk', () => certificateRequestFromWire({ kind: CertificateKind.QUORUM, chunk: BLOCK, scope })],
    [
      'chunk',
      () => certificateRequestFromWire({ kind: CertificateKind.TIMEOUT, chunk: new Uint8Array(), scope }),
    ],
    ['view', () => voteRequestFromWire({ ...vote, view: 2n ** 63n })],
    ['view', () => timeoutRequestFromWire({ ...timeout, view: 0n, highView: 0n })],
    ['high_view', () => timeoutRequestFromWire({ ...timeout, highView: 8n })],
    ['block_digest', () => proposalRequestFromWire({ ...proposal, blockDigest: new Uint8Array(33) })],
    ['block_digest', () => voteRequestFromWire({ ...vote, blockDigest: new Uint8Array() })],
    ['high_block_digest', () => timeoutRequestFromWire({ ...timeout, highBlockDigest: BLOCK.subarray(1) })],
  ] as const) {
    test(`is refused by the name of the field: ${field}`, () => {
      assert.throws(read, { name: 'SignerError', detail: { code: 'SIGNER_MALFORMED', field } });
    });
  }
});
