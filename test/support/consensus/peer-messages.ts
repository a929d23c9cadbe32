import fc from 'fast-check';
import { sealBlock } from '#libs/chain/block.ts';
import { type Digest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { type Phase, timeoutCertificateOf, timeoutShareOf } from '#libs/protocol/hotstuff/statements.ts';
import { statementText } from '#libs/protocol/named-signatures.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';

/** Records with a prototype, as code makes them: fast-check's own sometimes have none. */
export function record<Value>(
  model: { [Key in keyof Value]: fc.Arbitrary<Value[Key]> },
): fc.Arbitrary<Value> {
  return fc.record(model, { noNullPrototype: true });
}

export const anyDigest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Digest => toDigest(Buffer.from(bytes).toString('hex')));
export const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
export const anyView = u64.map(toView);
export const anyHeight = u64.map(toHeight);
export const anyMember = fc.nat({ max: 511 }).map(toMemberIndex);
export const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
const anyPhase = fc.constantFrom<Phase>('prepare', 'pre-commit', 'commit');

const anyCertificate = record<QuorumCertificate>({
  kind: anyPhase,
  instance: fc.constant(0n),
  view: anyView,
  height: anyHeight,
  digest: anyDigest,
  signatures: fc.array(record({ member: anyMember, signature: anyBytes }), { maxLength: 5 }),
});
const anyShare = record({
  member: anyMember,
  signature: anyBytes,
  high: record({ view: anyView, digest: anyDigest }),
}).map(({ high, ...own }) => timeoutShareOf(own, high));
const anyTimeoutCertificate = fc
  .tuple(anyView, fc.array(anyShare, { maxLength: 5 }), anyCertificate)
  .map((parts) => timeoutCertificateOf(...parts));
const maybeTimeoutCertificate = fc.option(anyTimeoutCertificate, { nil: undefined });

const headerFields = {
  height: anyHeight,
  epoch: u64.map(toEpoch),
  view: anyView,
  proposer: anyMember,
  timestampMs: u64,
  parent: anyDigest,
  payloadRoot: anyDigest,
  stateRoot: anyDigest,
  extensions: fc
    .subarray([1, 2, 3])
    .chain((tags) =>
      fc.tuple(
        ...tags.map((tag) =>
          record({ tag: fc.constant(tag), content: fc.uint8Array({ minLength: 1, maxLength: 300 }) }),
        ),
      ),
    ),
};
const anyHeader = record({ ...headerFields, transactionCount: fc.nat() });
const anyTransaction = anyBytes.map(transactionOf);
export const anyBlock = fc
  .tuple(record(headerFields), fc.array(anyTransaction, { maxLength: 4 }))
  .map(([header, transactions]) =>
    sealBlock({ ...header, transactionCount: transactions.length }, transactions),
  );

/** Any message of HotStuff of each kind: leaving one out does not compile. */
export const anyHotStuffMessage: {
  readonly [Kind in HotStuffMessage['kind']]: fc.Arbitrary<HotStuffMessage>;
} = {
  proposal: record({
    kind: fc.constant('proposal'),
    block: anyBlock,
    again: fc.option(record({ view: anyView, member: anyMember }), { nil: undefined }),
    justify: anyCertificate,
    timeoutCertificate: maybeTimeoutCertificate,
    signature: anyBytes,
  }),
  vote: record({
    kind: fc.constant('vote'),
    phase: anyPhase,
    view: anyView,
    height: anyHeight,
    digest: anyDigest,
    member: anyMember,
    signature: anyBytes,
  }),
  certificate: record({ kind: fc.constant('certificate'), certificate: anyCertificate }),
  'new-view': record({
    kind: fc.constant('new-view'),
    view: anyView,
    high: anyCertificate,
    commit: anyCertificate,
    timeoutCertificate: maybeTimeoutCertificate,
  }),
  timeout: record({
    kind: fc.constant('timeout'),
    view: anyView,
    member: anyMember,
    high: anyCertificate,
    signature: anyBytes,
    commit: anyCertificate,
    timeoutCertificate: maybeTimeoutCertificate,
  }),
  'timeout-certificate': record({
    kind: fc.constant('timeout-certificate'),
    timeoutCertificate: anyTimeoutCertificate,
  }),
};

/** A statement as certificates have them: a vote for a block, or a report of one that gives a view up. */
const anyStatement = fc.oneof(
  record({
    kind: anyPhase,
    instance: fc.constant(0n),
    view: anyView,
    block: record({ height: anyHeight, digest: anyDigest }),
    reports: fc.constant([]),
  }),
  fc.tuple(anyView, anyView, anyDigest, u64).map(([view, reported, digest, instance]) => ({
    ...{ kind: 'leave', instance, view, block: undefined },
    reports: [{ instance, view: reported, digest }],
  })),
);
const someMembers = fc
  .uniqueArray(anyMember, { minLength: 1, maxLength: 5 })
  .map((members) => members.toSorted((one, other) => one - other));

type Beside = Exclude<PeerMessageBody['kind'], 'protocol'>;

/** Any message beside the protocol, of each kind. */
export const anyMessageBeside: { readonly [Kind in Beside]: fc.Arbitrary<PeerMessageBody> } = {
  transactions: record({
    kind: fc.constant('transactions'),
    transactions: fc.array(anyTransaction, { maxLength: 5 }),
  }),
  'blocks-request': fc.tuple(u64, u64, u64).map(([requestId, a, b]) => ({
    kind: 'blocks-request',
    requestId,
    from: toHeight(a < b ? a : b),
    to: toHeight(a < b ? b : a),
  })),
  'blocks-response': record({
    kind: fc.constant('blocks-response'),
    requestId: u64,
    range: fc.option(
      record({
        blocks: fc.array(anyBlock, { minLength: 1, maxLength: 3 }),
        certificate: anyCertificate,
        descendants: fc.array(anyHeader, { maxLength: 3 }),
      }),
      { nil: undefined },
    ),
  }),
  decided: record({
    kind: fc.constant('decided'),
    certificate: anyCertificate.map((certificate) => ({ ...certificate, kind: 'commit' })),
  }),
  'signatures-request': record({
    kind: fc.constant('signatures-request'),
    wanted: fc.uniqueArray(record({ statement: anyStatement, members: someMembers }), {
      minLength: 1,
      maxLength: 4,
      selector: ({ statement }) => statementText(statement),
    }),
  }),
  'signatures-response': record({
    kind: fc.constant('signatures-response'),
    given: fc.array(
      record({
        statement: anyStatement,
        signatures: someMembers.chain((members) =>
          fc.tuple(...members.map((member) => record({ member: fc.constant(member), signature: anyBytes }))),
        ),
      }),
      { maxLength: 4 },
    ),
  }),
  'bodies-request': record({
    kind: fc.constant('bodies-request'),
    hashes: fc.array(anyDigest, { minLength: 1, maxLength: 5 }),
  }),
  'bodies-response': record({
    kind: fc.constant('bodies-response'),
    transactions: fc.array(anyTransaction, { maxLength: 5 }),
  }),
  'block-request': record({ kind: fc.constant('block-request'), digest: anyDigest }),
  'block-response': record({ kind: fc.constant('block-response'), block: anyBlock }),
  'snapshot-request': record({ kind: fc.constant('snapshot-request'), requestId: u64, height: anyHeight }),
  'snapshot-response': record({
    kind: fc.constant('snapshot-response'),
    requestId: u64,
    snapshot: fc.option(
      record({
        block: anyBlock,
        outline: record({
          size: u64,
          roots: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 5 }),
        }),
        others: fc
          .uniqueArray(fc.integer({ min: 2, max: 0xffff }), { maxLength: 3 })
          .chain((tags) =>
            fc.tuple(
              ...tags
                .toSorted((one, other) => one - other)
                .map((tag) => record({ tag: fc.constant(tag), content: anyBytes })),
            ),
          ),
      }),
      { nil: undefined },
    ),
  }),
  'chunk-request': record({
    kind: fc.constant('chunk-request'),
    requestId: u64,
    height: anyHeight,
    number: fc.nat(),
  }),
  'chunk-response': record({
    kind: fc.constant('chunk-response'),
    requestId: u64,
    hashes: fc.option(
      fc.integer({ min: 1, max: 4 }).map((count) => new Uint8Array(32 * count).fill(count)),
      { nil: undefined },
    ),
  }),
  whereabouts: record({
    kind: fc.constant('whereabouts'),
    height: anyHeight,
    instance: u64,
    view: anyView,
    asks: fc.boolean(),
  }),
  evidence: record({ kind: fc.constant('evidence'), content: anyBytes }),
  waiting: record({
    kind: fc.constant('waiting'),
    hashes: fc.array(anyDigest, { minLength: 1, maxLength: 128 }),
  }),
  'transactions-request': record({
    kind: fc.constant('transactions-request'),
    hashes: fc.array(anyDigest, { minLength: 1, maxLength: 128 }),
  }),
};

const sealedMessages = Object.entries(anyHotStuffMessage).map(
  ([kind, any]) => [kind, any.map(sealed)] as const,
);

/** Any message of each kind, as members send it. */
export const anyMessage: Readonly<Record<string, fc.Arbitrary<PeerMessageBody>>> = {
  ...Object.fromEntries(sealedMessages),
  ...anyMessageBeside,
};
