import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { SCHEME_SIZES, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { BODIES_ANSWER_BYTES_MAX } from '#libs/engine/bodies/body-limits.ts';
import { BODIES_ASKED_MAX, SECTIONS_BYTES_MAX } from '#libs/engine/ports/message-limits.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { RANGE_BYTES_MAX, RANGE_DESCENDANTS_MAX } from '#libs/engine/ports/range-limits.ts';
import { SIGNATURES_ANSWER_BYTES_MAX, WHOLE_BYTES_MAX } from '#libs/engine/references/reference-limits.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { timeoutCertificateOf, timeoutShareOf } from '#libs/protocol/hotstuff/statements.ts';
import { EVIDENCE_BYTES_MAX } from '#libs/protocol/limits.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { BLOCK_PARAMETERS } from '#libs/settings/genesis-parameters.ts';
import { FRAME_BYTES_MAX } from '#services/gateway/core/limits.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';

const SIZES = [4, 64, 209, 280, 365, 512];
const U64 = 2n ** 64n - 1n;
const DIGEST = toDigest('f'.repeat(64));
const envelope = { chainTag: new Uint8Array(8), epoch: toEpoch(U64), protocol: wireOf('hotstuff') };
const HEADER = {
  ...GENESIS.header,
  height: toHeight(U64),
  epoch: toEpoch(U64),
  view: toView(U64),
  proposer: toMemberIndex(511),
  timestampMs: U64,
};

/** The largest block that a genesis may allow: in one transaction, or in as many as there may be. */
const BLOCKS: readonly Block[] = [1, BLOCK_PARAMETERS.block_transactions_max.max].map((count) => {
  const bytes = new Uint8Array(Math.floor(BLOCK_PARAMETERS.block_bytes_max.max / count));
  const transactions = Array.from({ length: count }, () => transactionOf(bytes));
  return sealBlock({ ...HEADER, transactionCount: count }, transactions);
});

/** All that a member of such a federation may have to say, in the form in which it is said. */
function largestMessages(members: number, signature: Uint8Array) {
  // With weights nearly all must sign.
  // Blocks are as large in every federation; the rest grows with its members.
  const largestBlocks = members === 512 ? BLOCKS : [];
  const signatures = Array.from({ length: members }, (_, place) => ({
    member: toMemberIndex(place),
    signature,
  }));
  const fact = { instance: 0n, view: toView(U64), height: toHeight(U64), digest: DIGEST, signatures };
  const high: QuorumCertificate = { ...fact, kind: 'prepare' };
  const commit: QuorumCertificate = { ...fact, kind: 'commit' };
  const shares = signatures.map((each) => timeoutShareOf(each, high));
  const timeoutCertificate = timeoutCertificateOf(toView(U64), shares, high);
  const own = { view: toView(U64), member: toMemberIndex(members - 1), signature };
  const protocol: readonly (readonly [HotStuffMessage, MessageForm])[] = [
    ...largestBlocks.flatMap((block) => {
      const again = { view: toView(U64), member: own.member };
      const proposal = {
        kind: 'proposal',
        block,
        justify: high,
        timeoutCertificate,
        again,
        signature,
      } as const;
      return [[proposal, 'reference'] as const, [proposal, 'compact'] as const];
    }),
    [{ kind: 'vote', phase: 'commit', ...own, height: toHeight(U64), digest: DIGEST }, 'reference'],
    [{ kind: 'new-view', view: own.view, high, commit, timeoutCertificate }, 'reference'],
    [{ kind: 'timeout', ...own, high, commit, timeoutCertificate }, 'reference'],
    [{ kind: 'timeout-certificate', timeoutCertificate }, 'reference'],
    // Told first it is whole up to a bound, and a reference beyond it (libs/engine/references).
    [
      { kind: 'certificate', certificate: commit },
      members * signature.length <= WHOLE_BYTES_MAX ? 'whole' : 'reference',
    ],
  ];
  const range = Array.from({ length: 2 }, () => new Uint8Array(RANGE_BYTES_MAX / 2));
  const blocks = range.map((bytes) => sealBlock({ ...HEADER, transactionCount: 1 }, [transactionOf(bytes)]));
  const descendants = Array.from({ length: RANGE_DESCENDANTS_MAX }, () => ({
    ...HEADER,
    transactionCount: 1,
  }));
  const requestId = U64;
  const part = signatures.slice(0, Math.floor(SIGNATURES_ANSWER_BYTES_MAX / signature.length));
  const statements = shares.map(({ reports }, place) => ({
    statement: { kind: 'timeout', instance: 0n, view: toView(BigInt(place)), block: undefined, reports },
    members: [toMemberIndex(members - 1)],
  }));
  const beside: readonly PeerMessageBody[] = [
    { kind: 'decided', certificate: commit },
    { kind: 'blocks-response', requestId, range: { blocks, certificate: commit, descendants } },
    ...largestBlocks.map(
      (block) =>
        ({
          kind: 'blocks-response',
          requestId,
          range: { blocks: [block], certificate: commit, descendants },
        }) as const,
    ),
    ...largestBlocks.map((block) => ({ kind: 'block-response', block }) as const),
    { kind: 'evidence', content: new Uint8Array(EVIDENCE_BYTES_MAX) },
    { kind: 'bodies-request', hashes: Array.from({ length: BODIES_ASKED_MAX }, () => DIGEST) },
    { kind: 'bodies-response', transactions: [transactionOf(new Uint8Array(BODIES_ANSWER_BYTES_MAX))] },
    { kind: 'bodies-response', transactions: BLOCKS[0]?.transactions ?? [] },
    { kind: 'signatures-request', wanted: statements },
    {
      kind: 'signatures-response',
      given: [{ statement: (statements[0] ?? assert.fail()).statement, signatures: part }],
    },
    {
      kind: 'snapshot-response',
      requestId,
      snapshot: {
        block: BLOCKS[0] ?? assert.fail(),
        outline: { size: U64, roots: Array.from({ length: 131_072 }, () => new Uint8Array(32)) },
        others: [{ tag: 2, content: new Uint8Array(SECTIONS_BYTES_MAX) }],
      },
    },
  ];
  return [
    ...protocol.map(([message, form]) => [sealed(message), form] as const),
    ...beside.map((body) => [body, 'whole'] as const),
  ];
}

describe('F-20 A5-15: nothing that a federation may have to say is larger than a frame', () => {
  // Sets with signatures of one size make messages of one size.
  for (const [signatureBytes, schemes] of Map.groupBy(
    schemeNames(),
    (name) => SCHEME_SIZES[name].signature,
  )) {
    const signature = new Uint8Array(signatureBytes);
    test(`${schemes.join(' and ')}, 4 to 512 members`, () => {
      for (const members of SIZES) {
        for (const [body, form] of largestMessages(members, signature)) {
          const { length } = encodePeerMessage(body, envelope, form);
          const name = body.kind === 'protocol' ? body.name : body.kind;
          assert.ok(length <= FRAME_BYTES_MAX.consensus, `${name} of ${members}: ${length} bytes`);
          assert.ok(length <= FRAME_BYTES_MAX.sync, `${name} of ${members}: ${length} bytes`);
        }
      }
    });
  }

  test('no message of the protocol grows with the signatures of others, but the certificate that is told first', () => {
    const sizeOf = (kind: string, members: number): number => {
      const found = largestMessages(members, new Uint8Array(17_088)).filter(
        ([body]) => body.kind === 'protocol' && body.name === kind,
      );
      return Math.min(...found.map(([body, form]) => encodePeerMessage(body, envelope, form).length));
    };
    for (const kind of ['vote', 'new-view', 'timeout', 'timeout-certificate'])
      assert.ok(sizeOf(kind, 512) <= sizeOf(kind, 4) + 512 * 60, `${kind}: ${sizeOf(kind, 512)} bytes`);
  });
});
