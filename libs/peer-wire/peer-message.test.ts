import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { anyHotStuffMessage, anyMessage } from '#test/support/consensus/peer-messages.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { decodePeerMessage, encodePeerMessage } from './peer-message.ts';
import type { WireBody } from './protocol-wire.ts';
import { wireOf } from './protocol-wires.ts';

const { decisionToWire, ...withoutForm } = wireOf(HOTSTUFF.id);
/** The wire of a protocol that has no form of its own for decisions; `ofHotStuff` is the one that has. */
const envelope = {
  chainTag: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  epoch: toEpoch(3n),
  protocol: withoutForm,
};
const ofHotStuff = { ...envelope, protocol: wireOf(HOTSTUFF.id) };
const limits = { ...WIRE_LIMITS, messageBytesMax: 200_000 };
const expected = { ...envelope, limits };

const anyBody = fc.oneof(...Object.values(anyMessage));

/** The messages of the row, and the kind that each of them is here. */
const OF_ROW: Readonly<Record<string, readonly string[]>> = {
  Proposal: ['proposal'],
  Vote: ['vote'],
  'PrepareQC, PreCommitQC, CommitQC': ['certificate'],
  Timeout: ['timeout', 'timeout-certificate'],
  NewView: ['new-view'],
  StateSync: ['blocks-response', 'block-response', 'snapshot-response', 'chunk-response'],
  Evidence: ['evidence'],
};

describe('peer messages', () => {
  test('F-64: HS-08 are of every kind that the protocol has, with blocks and evidence, and each kind has its test', () => {
    const kinds = Object.keys(anyMessage);
    for (const [name, here] of Object.entries(OF_ROW))
      for (const kind of here) assert.ok(kinds.includes(kind), `${name}: ${kind}`);
  });

  for (const phase of ['prepare', 'pre-commit', 'commit'] as const) {
    test(`HS-08 of kind certificate come back with the phase ${phase}`, () => {
      fc.assert(
        fc.property(anyHotStuffMessage.certificate, (drawn) => {
          assert.ok(drawn.kind === 'certificate');
          const body = sealed({ ...drawn, certificate: { ...drawn.certificate, kind: phase } });
          const decoded = decodePeerMessage(encodePeerMessage(body, envelope), expected);
          assert.deepEqual(decoded, { ok: true, body });
        }),
        { numRuns: 20 },
      );
    });
  }

  for (const [kind, anyOfKind] of Object.entries(anyMessage)) {
    test(`HS-08 of kind ${kind} come back as they were`, () => {
      fc.assert(
        fc.property(anyOfKind, (body) => {
          assert.deepEqual(decodePeerMessage(encodePeerMessage(body, envelope), expected), {
            ok: true,
            body,
          });
        }),
        { numRuns: 60 },
      );
    });
  }

  test('of epoch 0 come back, though Protobuf leaves a zero out', () => {
    const first = { ...envelope, epoch: toEpoch(0n) };
    const body: PeerMessageBody = { kind: 'transactions', transactions: [transactionOf(Uint8Array.of(9))] };
    const bytes = encodePeerMessage(body, first);
    assert.deepEqual(decodePeerMessage(bytes, { ...first, limits }), { ok: true, body });
    assert.equal(causeOf(bytes), 'wrong-epoch');
  });

  const ids = ['ab'.repeat(16), undefined, 'cd'.repeat(16)];
  const three = [1, 2, 3].map((byte) => Uint8Array.of(byte));

  test('P2P-93 carry the trace ids of their transactions, in order, and none for those without', () => {
    const transactions = three.map(transactionOf);
    const body: PeerMessageBody = { kind: 'transactions', transactions, traceIds: ids };
    assert.deepEqual(decodePeerMessage(encodePeerMessage(body, envelope), expected), { ok: true, body });
    const plain: PeerMessageBody = { kind: 'transactions', transactions };
    const none: PeerMessageBody = { ...plain, traceIds: [undefined, undefined, undefined] };
    assert.deepEqual(encodePeerMessage(none, envelope), encodePeerMessage(plain, envelope));
  });

  for (const length of [1, 16, 47, 49, 64]) {
    test(`P2P-93 with ${length} bytes of trace ids for three transactions are malformed`, () => {
      const value = { transactions: three, traceIds: new Uint8Array(length).fill(1) };
      assert.equal(causeOf(encodeWire({ $case: 'transactions', value })), 'malformed');
    });
  }

  test('that show a decision are written by HotStuff as version 0.2 knows them, and read by it in both forms', () => {
    fc.assert(
      fc.property(anyMessage['decided'] ?? assert.fail(), (body) => {
        assert.ok(body.kind === 'decided' && decisionToWire !== undefined);
        const { certificate } = body;
        const asMessage = sealed({ kind: 'certificate', certificate });
        const written = encodePeerMessage(body, ofHotStuff);
        assert.deepEqual(written, encodePeerMessage(asMessage, ofHotStuff));
        const heard = { ...ofHotStuff, limits };
        assert.deepEqual(decodePeerMessage(written, heard), { ok: true, body: asMessage });
        assert.deepEqual(decodePeerMessage(encodePeerMessage(body, envelope), heard), { ok: true, body });
      }),
      { numRuns: 40 },
    );
  });

  test('share no bytes with the next message encoded', () => {
    const body: PeerMessageBody = { kind: 'transactions', transactions: [transactionOf(Uint8Array.of(1))] };
    const first = encodePeerMessage(body, envelope);
    const copy = Uint8Array.from(first);
    encodePeerMessage({ kind: 'transactions', transactions: [transactionOf(Uint8Array.of(2))] }, envelope);
    assert.deepEqual(first, copy);
  });
});

describe('decodePeerMessage', () => {
  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.equal(decodePeerMessage(bytes, expected).ok, false);
      }),
      { numRuns: 500 },
    );
  });

  test('never throws for a valid beginning and then whatever bytes', () => {
    const start = PeerMessage.encode({ ...envelope, body: undefined }).finish();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        decodePeerMessage(Buffer.concat([start, rest]), expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test('never throws for a message with some bytes changed', () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(anyBody, fc.array(change, { minLength: 1, maxLength: 4 }), (body, changes) => {
        const bytes = encodePeerMessage(body, envelope);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        decodePeerMessage(bytes, expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test('refuses a message cut short anywhere', () => {
    fc.assert(
      fc.property(anyBody, fc.nat(), (body, at) => {
        const bytes = encodePeerMessage(body, envelope);
        const cut = at % bytes.length;
        // Cut right behind the chain tag, the epoch is 0 by default.
        assert.equal(causeOf(bytes.subarray(0, cut)), cut === 10 ? 'wrong-epoch' : 'malformed');
      }),
      { numRuns: 300 },
    );
  });

  test('judges size, then chain, then epoch, then shape', () => {
    const broken = (epoch: bigint, tag: number): Uint8Array =>
      Buffer.concat([
        PeerMessage.encode({
          chainTag: Uint8Array.from({ length: 8 }, () => tag),
          epoch,
          body: undefined,
        }).finish(),
        Buffer.alloc(100, 0xff),
      ]);
    const huge = Buffer.concat([broken(9n, 9), Buffer.alloc(limits.messageBytesMax)]);
    const rightTag = PeerMessage.encode({ ...envelope, epoch: 9n, body: undefined }).finish();
    assert.equal(causeOf(huge), 'oversized');
    assert.equal(causeOf(broken(9n, 9)), 'wrong-chain');
    assert.equal(causeOf(Buffer.concat([rightTag, Buffer.alloc(100, 0xff)])), 'wrong-epoch');
    assert.equal(causeOf(Buffer.concat([encodeWire(undefined), Buffer.alloc(100, 0xff)])), 'malformed');
  });

  test('FED-08 reads requests for blocks and the state, and their answers, of every epoch, and tells the epoch of all else', () => {
    const isOfEvery = (kind: string): boolean =>
      /^(?:blocks?|snapshot|chunk)-(?:request|response)$/.test(kind);
    for (const [kind, anyBody] of Object.entries(anyMessage)) {
      const [body] = fc.sample(anyBody, 1);
      const bytes = encodePeerMessage(body ?? assert.fail(), { ...envelope, epoch: toEpoch(9n) });
      const decoded = decodePeerMessage(bytes, expected);
      if (isOfEvery(kind)) assert.deepEqual(decoded, { ok: true, body });
      else assert.deepEqual(decoded, { ok: false, cause: 'wrong-epoch', detail: 'another epoch', epoch: 9n });
    }
  });

  test('reads no more than the envelope of a large message of another chain', () => {
    const body: WireBody = {
      $case: 'transactions',
      value: {
        transactions: Array.from({ length: 10 }, () => new Uint8Array(10_000)),
        traceIds: new Uint8Array(),
      },
    };
    const bytes = PeerMessage.encode({ chainTag: new Uint8Array(8), epoch: 3n, body }).finish();
    // Two reads are the tag and the length of the chain tag: a third would end as `oversized`.
    const stingy = { ...expected, limits: { ...limits, fieldsMax: 2 } };
    assert.deepEqual(decodePeerMessage(bytes, stingy), {
      ok: false,
      cause: 'wrong-chain',
      detail: 'another chain',
    });
  });

  test('refuses a chain tag that is named again behind the right one', () => {
    const again = PeerMessage.encode({ chainTag: Uint8Array.of(1), epoch: 0n, body: undefined }).finish();
    const vote = encodePeerMessage({ kind: 'block-request', digest: toDigest('a'.repeat(64)) }, envelope);
    assert.equal(causeOf(Buffer.concat([vote, again])), 'malformed');
  });

  test('refuses more fields than allowed, before building what they say', () => {
    const transactions = Array.from({ length: limits.fieldsMax }, () => new Uint8Array(0));
    const bytes = encodeWire({ $case: 'transactions', value: { transactions, traceIds: new Uint8Array() } });
    assert.equal(causeOf(bytes, { messageBytesMax: bytes.length }), 'oversized');
  });

  test('refuses a group, alone or nested', () => {
    const valid = encodePeerMessage({ kind: 'block-request', digest: toDigest('b'.repeat(64)) }, envelope);
    const alone = new BinaryWriter()
      .uint32((99 << 3) | 3)
      .uint32((99 << 3) | 4)
      .finish();
    assert.equal(causeOf(Buffer.concat([valid, alone])), 'malformed');
    assert.equal(causeOf(Buffer.concat([valid, Buffer.alloc(50_000, (12 << 3) | 3)])), 'malformed');
  });

  test('refuses a chain tag of another length as malformed, not as another chain', () => {
    for (const length of [0, 7, 9]) {
      const bytes = new BinaryWriter().uint32(10).bytes(new Uint8Array(length)).finish();
      assert.equal(causeOf(bytes), 'malformed');
    }
  });

  for (const [where, instance, field] of [
    ['no field where views run across heights', 0n, ''],
    ['a field of its own where each height has views', 8n, '2808'],
  ] as const) {
    test(`writes the instance of whereabouts as ${where}`, () => {
      const position = { instance, view: toView(9n) };
      const body = { kind: 'whereabouts', height: toHeight(7n), ...position, asks: true } as const;
      const bytes = encodePeerMessage(body, envelope);
      const inside = `080710091801${field}`;
      const size = (inside.length / 2).toString(16).padStart(2, '0');
      assert.equal(Buffer.from(bytes).toString('hex'), `0a08010203040506070810039a02${size}${inside}`);
      assert.deepEqual(decodePeerMessage(bytes, expected), { ok: true, body });
    });
  }

  test('skips a field that it does not know, of up to 4 KiB where no content of the kind is large', () => {
    const bytes = encodePeerMessage({ kind: 'block-request', digest: toDigest('b'.repeat(64)) }, envelope);
    const unknown = new BinaryWriter()
      .uint32((200 << 3) | 2)
      .bytes(new Uint8Array(4_000))
      .finish();
    assert.equal(decodePeerMessage(Buffer.concat([bytes, unknown]), expected).ok, true);
    assert.equal(causeOf(Buffer.concat([bytes, unknown, unknown])), 'oversized');
  });
});

function encodeWire(body: WireBody | undefined): Uint8Array {
  return PeerMessage.encode({ ...envelope, body }).finish();
}

function causeOf(bytes: Uint8Array, tighter: Partial<typeof WIRE_LIMITS> = {}): string | undefined {
  const decoded = decodePeerMessage(bytes, { ...envelope, limits: { ...limits, ...tighter } });
  return decoded.ok ? undefined : decoded.cause;
}
