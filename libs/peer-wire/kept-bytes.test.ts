import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { BESIDE_BYTES_MAX } from '#libs/bytes/compact-bytes.ts';
import { toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { opened } from '#libs/protocol/hosting/seals.ts';
import { HOTSTUFF, PBFT } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { anyMessage } from '#test/support/consensus/peer-messages.ts';
import { anyRoundsMessage } from '#test/support/consensus/rounds-messages.ts';
import { decodePeerMessage, encodePeerMessage } from './peer-message.ts';
import { wireOf } from './protocol-wires.ts';

const PADDING_BYTES = 1024 * 1024;
const BUFFER = 'a larger buffer that its frame is a part of';
const UNKNOWN_FIELD = (1_000 << 3) | 2;
const envelope = { chainTag: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), epoch: toEpoch(3n) };
const ofHotStuff = { ...envelope, protocol: wireOf(HOTSTUFF.id) };
const ofPbft = { ...envelope, protocol: wireOf(PBFT.id) };

const audit = {
  ...{ sequence: 1n, hash: new Uint8Array(32) },
  ...{ signature: new Uint8Array(64), publicKey: new Uint8Array(32) },
};
const place = { height: toHeight(7n), instance: 0n, view: toView(9n), asks: true };

/** The kinds that hold no bytes, but numbers, digests as text and members. */
const WITHOUT_BYTES: ReadonlySet<string> = new Set([
  ...['waiting', 'transactions-request', 'blocks-request', 'block-request', 'snapshot-request'],
  ...['chunk-request', 'signatures-request', 'bodies-request'],
]);

/** The kinds that are refused where they are larger than they need. */
const REFUSED_IF_LARGE: ReadonlySet<string> = new Set([
  ...['vote', 'vote of locked rounds', 'request of locked rounds', 'evidence', 'chunk-response'],
  ...[
    'waiting',
    'transactions-request',
    'blocks-request',
    'block-request',
    'snapshot-request',
    'chunk-request',
    'bodies-request',
  ],
  ...['whereabouts', 'whereabouts with the end of an audit log'],
]);

interface Row {
  readonly name: string;
  readonly any: fc.Arbitrary<PeerMessageBody>;
  readonly wire: typeof ofHotStuff;
}

const ROWS: readonly Row[] = [
  ...Object.entries(anyMessage).map(([name, any]) => ({ name, any, wire: ofHotStuff })),
  ...Object.entries(anyRoundsMessage).map(([kind, any]) => ({
    name: `${kind} of locked rounds`,
    any: any.map((message) => PBFT.messages.close(message)),
    wire: ofPbft,
  })),
  {
    name: 'whereabouts with the end of an audit log',
    any: fc.constant({ kind: 'whereabouts', ...place, audit }),
    wire: ofHotStuff,
  },
];

/** Ways in which a message keeps much and says little. Behind the second field of the body the first one counts no more. */
const PADDED: Readonly<Record<string, (message: Uint8Array) => Buffer>> = {
  'a field that nobody knows': (message) =>
    Buffer.concat([
      message,
      new BinaryWriter().uint32(UNKNOWN_FIELD).bytes(new Uint8Array(PADDING_BYTES)).finish(),
    ]),
  'a body that another one replaces': (message) => {
    const transactions = [new Uint8Array(PADDING_BYTES)];
    const body = { $case: 'transactions' as const, value: { transactions, traceIds: new Uint8Array() } };
    const first = PeerMessage.encode({ chainTag: new Uint8Array(), epoch: 0n, body }).finish();
    const head = PeerMessage.encode({ ...envelope, body: undefined }).finish();
    return Buffer.concat([head, first, message.subarray(head.length)]);
  },
  [BUFFER]: (message) => Buffer.concat([message, new Uint8Array(PADDING_BYTES)]).subarray(0, message.length),
};

describe('what is kept of a message', () => {
  for (const [padding, padded] of Object.entries(PADDED)) {
    for (const { name, any, wire } of ROWS) {
      if (padding !== BUFFER && REFUSED_IF_LARGE.has(name)) {
        test(`is nothing of kind ${name} with ${padding} beside it: it is refused`, () => {
          const [body = assert.fail()] = fc.sample(any, { numRuns: 1, seed: 1 });
          const decoded = decodePeerMessage(padded(encodePeerMessage(body, wire)), {
            ...wire,
            limits: WIRE_LIMITS,
          });
          assert.ok(!decoded.ok);
          assert.equal(decoded.cause, 'oversized');
        });
        continue;
      }
      test(`of kind ${name} keeps nothing of ${padding} beside it`, () => {
        let found = 0;
        for (const body of fc.sample(any, { numRuns: 8, seed: 1 })) {
          const frame = padded(encodePeerMessage(body, wire));
          const decoded = decodePeerMessage(frame, { ...wire, limits: WIRE_LIMITS });
          assert.ok(decoded.ok, JSON.stringify({ name, cause: decoded.ok ? '' : decoded.detail }));
          found += checkBytes(decoded.body);
        }
        assert.equal(found > 0, hasBytes(name), `${found} bytes`);
      });
    }
  }

  test('a signature of a recovery answer keeps no other statement of it', () => {
    const large = {
      member: 1,
      view: 1n,
      height: 1n,
      blockDigest: new Uint8Array(32),
      kind: 'prepare',
      key: undefined,
    };
    const statements = Array.from({ length: 100 }, () => ({
      statement: { $case: 'vote' as const, value: { ...large, signature: new Uint8Array(17_088) } },
    }));
    const body = { $case: 'recoveryAnswer' as const, value: { height: 1n, view: 1n, statements } };
    const frame = Buffer.from(PeerMessage.encode({ ...envelope, body }).finish());
    const decoded = decodePeerMessage(frame, { ...ofPbft, limits: WIRE_LIMITS });
    assert.ok(decoded.ok);
    assert.equal(checkBytes(decoded.body), 100 * 17_088);
  });
});

function hasBytes(name: string): boolean {
  return !WITHOUT_BYTES.has(name) && name !== 'whereabouts';
}

/** Each signature must stand alone, and other bytes together fill what they keep. @returns the bytes found. */
function checkBytes(body: PeerMessageBody): number {
  const said = body.kind === 'protocol' ? openedOf(body) : body;
  const sizes = new Map<ArrayBufferLike, number>();
  visit(said, '', (bytes, key) => {
    const togetherBytes = (sizes.get(bytes.buffer) ?? 0) + bytes.length;
    sizes.set(bytes.buffer, togetherBytes);
    if (key === 'signature') assertCompact(bytes.buffer, bytes.length);
  });
  for (const [buffer, sizeBytes] of sizes) assertCompact(buffer, sizeBytes);
  return [...sizes.values()].reduce((sum, each) => sum + each, 0);
}

function openedOf(body: Extract<PeerMessageBody, { kind: 'protocol' }>): unknown {
  return HOTSTUFF.messages.open(body) ?? opened(PBFT.messages, body);
}

function assertCompact({ byteLength }: ArrayBufferLike, sizeBytes: number): void {
  assert.ok(byteLength <= sizeBytes + BESIDE_BYTES_MAX, `${sizeBytes} bytes keep ${byteLength}`);
}

/** Calls back for all bytes in a value, with the name of their field. */
function visit(value: unknown, key: string, onBytes: (bytes: Uint8Array, key: string) => void): void {
  if (value instanceof Uint8Array) return onBytes(value, key);
  if (typeof value !== 'object' || value === null) return;
  const inside = value instanceof Map ? [...value] : Object.entries(value);
  for (const [name, each] of inside) visit(each, String(name), onBytes);
}
