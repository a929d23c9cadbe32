import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PeerExchangeMessage } from '#libs/proto/btcfed/peer/v1/peer_exchange.ts';
import { RECORD_ADDRESSES_MAX, RECORDS_PER_MESSAGE_MAX } from '../exchange/rules/exchange-limits.ts';
import type { ExchangeBody } from '../exchange/rules/message.ts';
import type { ToldRecord } from '../exchange/rules/record.ts';
import { EXCHANGE_CODEC } from './exchange-codec.ts';

const ID = '00112233445566778899aabbccddeeff';
const TOLD: ToldRecord = {
  record: {
    key: '11'.repeat(32),
    addresses: ['/ip4/10.0.0.1/tcp/9000'],
    sequence: 2n ** 60n,
    signature: new Uint8Array(64).fill(9),
  },
  seenAgoMs: 1234,
};
const OTHER: ToldRecord = {
  record: {
    key: '22'.repeat(32),
    addresses: ['/ip6/::1/tcp/1', '/ip4/10.0.0.2/tcp/9000'],
    sequence: 1n,
    signature: new Uint8Array(64).fill(7),
  },
  seenAgoMs: 0,
};

const BODIES: readonly ExchangeBody[] = [
  { kind: 'request', listId: '', since: 0n },
  { kind: 'request', listId: ID, since: 77n },
  { kind: 'response', listId: ID, revision: 5n, hasMore: true, records: [TOLD, OTHER] },
  { kind: 'announcement', records: [TOLD] },
  { kind: 'update', records: [OTHER, TOLD] },
  ...(['unsupported', 'rate-limited', 'not-allowed', 'malformed'] as const).map(
    (code): ExchangeBody => ({ kind: 'error', code, retryAfterMs: 30_000 }),
  ),
];

describe('messages of peer exchange', () => {
  test('P2P-71 come out of their bytes as they went in', () => {
    for (const body of BODIES) {
      const bytes = EXCHANGE_CODEC.encode({ correlationId: ID, body });
      const decoded = EXCHANGE_CODEC.decode(bytes);
      assert.deepEqual(decoded, { kind: 'message', message: { correlationId: ID, body } });
    }
  });

  test('P2P-84 of another version, or of a kind that is unknown, are known as that', () => {
    const correlationId = Buffer.from(ID, 'hex');
    const other = {
      version: 2,
      correlationId,
      body: { $case: 'request' as const, value: { listId: correlationId, sinceRevision: 1n } },
    };
    for (const message of [other, { version: 1, correlationId, body: undefined }]) {
      const bytes = PeerExchangeMessage.encode(message).finish();
      assert.deepEqual(EXCHANGE_CODEC.decode(bytes), { kind: 'unsupported', correlationId: ID });
    }
  });

  test('P2P-77 of any other bytes are refused, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        EXCHANGE_CODEC.decode(bytes);
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), fc.nat(), fc.nat(255), (body, place, byte) => {
        const bytes = EXCHANGE_CODEC.encode({ correlationId: ID, body });
        bytes[place % bytes.length] = byte;
        EXCHANGE_CODEC.decode(bytes);
      }),
      { numRuns: 2_000 },
    );
    const withoutId = PeerExchangeMessage.encode({
      version: 1,
      correlationId: new Uint8Array(3),
      body: undefined,
    }).finish();
    assert.equal(EXCHANGE_CODEC.decode(withoutId).kind, 'malformed');
  });

  test('P2P-77 P2P-80 may have all entries and addresses that fit, and no field more than those', () => {
    const addresses = Array.from(
      { length: RECORD_ADDRESSES_MAX },
      (_, index) => `/ip4/1.1.1.1/tcp/${index + 1}`,
    );
    const record = {
      key: 'ab'.repeat(32),
      addresses,
      sequence: 2n ** 62n,
      signature: new Uint8Array(64).fill(0xff),
    };
    const records = Array.from({ length: RECORDS_PER_MESSAGE_MAX }, () => ({ record, seenAgoMs: 12_345 }));
    const full = EXCHANGE_CODEC.encode({ correlationId: 'ff'.repeat(16), body: { kind: 'update', records } });
    assert.equal(EXCHANGE_CODEC.decode(full).kind, 'message');
    const empty = { publicKey: new Uint8Array(), addresses: [], sequence: 0n, signature: new Uint8Array() };
    const crowd = PeerExchangeMessage.encode({
      version: 1,
      correlationId: new Uint8Array(16),
      body: { $case: 'update', value: { records: new Array(100_000).fill({ ...empty, seenAgoMs: 0n }) } },
    }).finish();
    assert.deepEqual(EXCHANGE_CODEC.decode(crowd), { kind: 'malformed', problem: 'too many fields' });
  });
});
