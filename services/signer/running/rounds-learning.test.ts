import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { AppError } from '#libs/errors/app-error.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  QuorumCertificate as WireCertificate,
  TimeoutCertificate as WireLeave,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { CertificateKind, Opening } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { afterLast } from '#libs/protocol/leader/after-last.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { leaveToWire } from '#libs/wire/leave-certificate.ts';
import { signRequestOf } from '#services/consensus/adapters/sign-request.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { blockAt, handoverRequest, switchProof, voteFor } from '#test/support/signer/epoch-switch.ts';
import { signerHome } from '#test/support/signer/signer-home.ts';
import { openCore } from './open-core.ts';

/** Rounds in which the proposer of the block before says who leads a height. */
const TABLE: VoteTable = { ...ROUNDS_TABLE, leaders: afterLast };
const TABLES = new Map([...VOTE_TABLES, [TABLE.protocol, TABLE]]);
const EPOCH = toEpoch(1n);

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'signed',
    ({ detail }: AppError<{ readonly code: string }>) => detail.code,
  );

/** The key of member 0 in the first epoch of rounds, whose first height is 21. */
async function inRounds() {
  const home = await signerHome('slh-dsa-sha2-128f');
  const { others, config, publicKey } = home;
  const options = { folder: config.SIGNER_FOLDER, protocol: 'hotstuff', tables: TABLES } as const;
  const core = await openCore({ ...options, backend: 'auto', log: memoryLogger(), onServing: () => {} });
  const { session } = await core.api.openSession();
  const roster = others.roster(publicKey);
  const proof = await switchProof(others, { from: HOTSTUFF_TABLE, epoch: 1n, to: TABLE.protocol, roster });
  await core.api.putCertificate(handoverRequest(proof, others.scope(session)));
  const scope = { ...others.scope(session), epoch: EPOCH };
  return {
    others,
    block: (height: bigint, letter = '') =>
      blockAt(TABLE, { height, epoch: EPOCH, content: Buffer.from(`${letter}${height}`) }),
    put: (kind: CertificateKind, chunk: Uint8Array) => core.api.putCertificate({ scope, kind, chunk }),
    outcome: (statement: VoteStatement, grounds: Grounds = {}) =>
      codeOf(core.api.sign({ scope, ...signRequestOf({ statement, grounds }, undefined) })),
    async [Symbol.asyncDispose]() {
      await core.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

test('a leave certificate that was put opens the next view, for the block that its reports allow and no other', async () => {
  await using world = await inRounds();
  const { others, outcome, put, block } = world;
  const [first, other] = [block(21n), block(21n, 'other ')];
  const view = toView(1n);
  const inView = (kind: string, of = first) => ({ ...voteFor(TABLE, kind, of), view });
  // Member 1 leads view 1, as member 0 led the first view of the epoch.
  const proposed = async (of = first): Promise<Grounds> => ({
    proposalSignature: { signature: await others.sign(1, inView('proposal', of), EPOCH, TABLE) },
  });
  assert.equal(await outcome(inView('prepare'), await proposed()), 'SIGNER_CERT_UNKNOWN');
  const prepared = await others.certified(TABLE, voteFor(TABLE, 'prepare', first), EPOCH);
  const leave = { kind: 'leave', instance: 21n, view: toView(0n), block: undefined };
  const report = { instance: 21n, view: toView(0n), digest: first.digest };
  const shares = await Promise.all(
    [1, 2, 3].map(async (member) => {
      const reports = member === 1 ? [report] : [];
      const signature = await others.sign(member, { ...leave, reports }, EPOCH, TABLE);
      return { member: toMemberIndex(member), signature, reports };
    }),
  );
  const left = { kind: 'leave', instance: 21n, view: toView(0n), shares, high: prepared };
  const bytes = (certificate: typeof left) => WireLeave.encode(leaveToWire(certificate)).finish();
  const forged = shares.map((share) => ({ ...share, reports: [] }));
  const hidden = bytes({ ...left, shares: forged });
  assert.equal(await codeOf(put(CertificateKind.TIMEOUT, hidden)), 'SIGNER_CERT_INVALID');
  assert.equal(await outcome(inView('prepare'), await proposed()), 'SIGNER_CERT_UNKNOWN');
  await put(CertificateKind.TIMEOUT, bytes(left));
  assert.equal(await outcome(inView('prepare', other), await proposed(other)), 'SIGNER_UNSAFE_BRANCH');
  assert.equal(await outcome(inView('prepare'), await proposed()), 'signed');
});

test('an opening that was put says who leads the next height; the certificate alone does not', async () => {
  await using world = await inRounds();
  const { others, outcome, put, block } = world;
  const [decided, next] = [block(21n), block(22n)];
  const certificate = certificateToWire(
    await others.certified(TABLE, voteFor(TABLE, 'commit', decided), EPOCH),
  );
  // The block before is of member 0, so member 1 leads.
  const proposal = await others.sign(1, voteFor(TABLE, 'proposal', next), EPOCH, TABLE);
  const grounds = { proposalSignature: { signature: proposal } };
  await put(CertificateKind.QUORUM, WireCertificate.encode(certificate).finish());
  assert.equal(await outcome(voteFor(TABLE, 'prepare', next), grounds), 'SIGNER_PROPOSAL_UNKNOWN');
  const opening = (header = decided.header) =>
    Opening.encode({ header: headerToWire(header), certificate }).finish();
  assert.equal(await codeOf(put(CertificateKind.OPENING, opening(next.header))), 'SIGNER_CERT_INVALID');
  await put(CertificateKind.OPENING, opening());
  assert.equal(await outcome(voteFor(TABLE, 'prepare', next), grounds), 'signed');
});
