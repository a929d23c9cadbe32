import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch } from '#libs/chain/ids.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { EVIDENCE_BYTES_MAX } from '#libs/protocol/limits.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { decodePeerMessage } from './peer-message.ts';
import type { WireBody } from './protocol-wire.ts';
import { wireOf } from './protocol-wires.ts';

const envelope = {
  chainTag: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  epoch: toEpoch(3n),
  protocol: wireOf(HOTSTUFF.id),
};
const limits = { ...WIRE_LIMITS, messageBytesMax: 200_000 };
const expected = { ...envelope, limits };

const digest = new Uint8Array(32);
const signature = Uint8Array.of(1);
const certificate = {
  ...({ phase: 1, kind: '', instance: 0n } as const),
  ...{ view: 1n, height: 1n, blockDigest: digest, signatures: [] },
} as const;
const header = {
  height: 1n,
  epoch: 3n,
  view: 1n,
  proposer: 0,
  timestampMs: 0n,
  parentDigest: digest,
  payloadRoot: digest,
  stateRoot: digest,
  transactionCount: 1,
  extensions: [],
};
const block = { header, transactions: [Uint8Array.of(1)] };
const vote = { phase: 1, view: 1n, height: 1n, blockDigest: digest, member: 0, signature } as const;
const again = undefined;
const proposal = {
  compactBlock: undefined,
  block,
  again,
  justify: certificate,
  timeoutCertificate: undefined,
  signature,
};
const range = { requestId: 1n, blocks: [block], commitCertificate: certificate, descendants: [] };

describe('the shape of peer messages', () => {
  const statement = { ...certificate, kind: 'prepare', highView: 0n, highBlockDigest: new Uint8Array() };
  const wanted = [
    { statement, members: Uint8Array.of(1) },
    { statement: { ...statement, view: 2n }, members: Uint8Array.of(1) },
  ] as const;
  const good: readonly WireBody[] = [
    { $case: 'signaturesRequest', value: { wanted: [...wanted] } },
    { $case: 'vote', value: vote },
    { $case: 'proposal', value: proposal },
    { $case: 'blocksResponse', value: range },
  ];
  for (const body of good) {
    test(`is right in the ${body.$case} that the refusals below start from`, () => {
      assert.equal(decodePeerMessage(encodeWire(body), expected).ok, true);
    });
  }

  const share = { member: 1, highView: 1n, highBlockDigest: digest, signature };
  const notice = (value: object): WireBody => ({
    $case: 'certificate',
    value: { certificate: { ...certificate, ...value } },
  });
  const timeouts = (value: object): WireBody => ({
    $case: 'timeoutCertificate',
    value: {
      timeoutCertificate: {
        ...{ kind: '', instance: 0n, view: 1n },
        ...{ shares: [], highCertificate: certificate, ...value },
      },
    },
  });
  const many = <Value>(value: Value): Value[] => Array.from({ length: 513 }, () => value);
  const withHeader = (value: object): WireBody => ({
    $case: 'blockResponse',
    value: { block: { ...block, header: { ...header, ...value } } },
  });
  const oversizedSignature = new Uint8Array(limits.signatureBytesMax + 1);

  const bad: readonly (readonly [string, WireBody | undefined])[] = [
    ['no body', undefined],
    ['no statement', { $case: 'signaturesRequest', value: { wanted: [] } }],
    [
      'statement repeated',
      {
        $case: 'signaturesRequest',
        value: { wanted: [...wanted, { statement, members: Uint8Array.of(2) }] },
      },
    ],
    ['no hashes of what waits', { $case: 'waiting', value: { hashes: new Uint8Array() } }],
    ['a hash of 31 bytes among those', { $case: 'waiting', value: { hashes: new Uint8Array(63) } }],
    ['more of them than one message has', { $case: 'waiting', value: { hashes: new Uint8Array(129 * 32) } }],
    [
      'a request for more transactions than that',
      { $case: 'transactionsRequest', value: { hashes: new Uint8Array(129 * 32) } },
    ],
    ['a phase that does not exist', { $case: 'vote', value: { ...vote, phase: 9 as 1 } }],
    ['phase 0', { $case: 'vote', value: { ...vote, phase: 0 } }],
    ['a digest of 31 bytes', { $case: 'vote', value: { ...vote, blockDigest: new Uint8Array(31) } }],
    ['member 512', { $case: 'vote', value: { ...vote, member: 512 } }],
    ['no signature', { $case: 'vote', value: { ...vote, signature: new Uint8Array(0) } }],
    ['a signature of no known size', { $case: 'vote', value: { ...vote, signature: oversizedSignature } }],
    ['no certificate', { $case: 'certificate', value: { certificate: undefined } }],
    ['too many signatures', notice({ signatures: many({ member: 1, signature }) })],
    [
      'an empty signature in a certificate',
      notice({ signatures: [{ member: 1, signature: digest.subarray(0, 0) }] }),
    ],
    ['member 512 in a certificate', notice({ signatures: [{ member: 512, signature }] })],
    ['too many timeout shares', timeouts({ shares: many(share) })],
    ['a short digest in a timeout share', timeouts({ shares: [{ ...share, highBlockDigest: signature }] })],
    ['a timeout certificate without its high certificate', timeouts({ highCertificate: undefined })],
    ['a proposal without a block', { $case: 'proposal', value: { ...proposal, block: undefined } }],
    [
      'a proposal made again by member 512',
      { $case: 'proposal', value: { ...proposal, again: { view: 1n, member: 512 } } },
    ],
    ['a proposal without a certificate', { $case: 'proposal', value: { ...proposal, justify: undefined } }],
    [
      'a block without a header',
      { $case: 'blockResponse', value: { block: { ...block, header: undefined } } },
    ],
    ['a short payload root', withHeader({ payloadRoot: signature })],
    ['a short state root', withHeader({ stateRoot: signature })],
    ['a short parent digest', withHeader({ parentDigest: signature })],
    ['proposer 512', withHeader({ proposer: 512 })],
    ['a transaction count that does not match', withHeader({ transactionCount: 2 })],
    ['an unknown header extension', withHeader({ extensions: [{ tag: 4, content: signature }] })],
    ['an empty header extension', withHeader({ extensions: [{ tag: 2, content: new Uint8Array() }] })],
    [
      'an empty transaction',
      { $case: 'transactions', value: { transactions: [digest.subarray(0, 0)], traceIds: new Uint8Array() } },
    ],
    [
      'a request from above to',
      { $case: 'blocksRequest', value: { requestId: 1n, fromHeight: 2n, toHeight: 1n } },
    ],
  ];
  for (const [name, body] of bad) {
    test(`is refused with ${name}`, () => {
      assert.equal(causeOf(encodeWire(body)), 'malformed');
    });
  }

  test('is refused beyond a bound of the limits', () => {
    const response = { $case: 'blocksResponse' as const, value: range };
    assert.equal(causeOf(encodeWire(response), { blocksMax: 0 }), 'malformed');
    assert.equal(causeOf(encodeWire(response), { transactionsMax: 0 }), 'malformed');
    assert.equal(causeOf(encodeWire(response), { transactionBytesMax: 0 }), 'malformed');
    const withLink = encodeWire({ ...response, value: { ...range, descendants: [header] } });
    assert.equal(causeOf(withLink), undefined);
    assert.equal(causeOf(withLink, { descendantsMax: 0 }), 'malformed');
  });

  test('is refused for evidence larger than two signatures', () => {
    const carrying = (sizeBytes: number) =>
      encodeWire({ $case: 'evidence', value: { evidence: new Uint8Array(sizeBytes) } });
    assert.equal(causeOf(carrying(EVIDENCE_BYTES_MAX)), undefined);
    assert.equal(causeOf(carrying(EVIDENCE_BYTES_MAX + 1)), 'malformed');
  });
});

function encodeWire(body: WireBody | undefined): Uint8Array {
  return PeerMessage.encode({ ...envelope, body }).finish();
}

function causeOf(bytes: Uint8Array, tighter: Partial<typeof WIRE_LIMITS> = {}): string | undefined {
  const decoded = decodePeerMessage(bytes, { ...envelope, limits: { ...limits, ...tighter } });
  return decoded.ok ? undefined : decoded.cause;
}
