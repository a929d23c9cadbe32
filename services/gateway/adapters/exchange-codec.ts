import { toHex } from '#libs/bytes/hex.ts';
import {
  PeerExchangeErrorCode,
  PeerExchangeMessage,
  type PeerRecord as WireRecord,
} from '#libs/proto/btcfed/peer/v1/peer_exchange.ts';
import type { ExchangeCodec } from '../exchange/ports.ts';
import { EXCHANGE_DEPTH, EXCHANGE_FIELDS_MAX } from '../exchange/rules/exchange-limits.ts';
import { hasMoreFields } from '../exchange/rules/field-count.ts';
import {
  type DecodedMessage,
  EXCHANGE_VERSION,
  type ExchangeBody,
  type ExchangeErrorCode,
  type ExchangeMessage,
} from '../exchange/rules/message.ts';
import type { ToldRecord } from '../exchange/rules/record.ts';

const ID_BYTES = 16;

type WireBody = NonNullable<PeerExchangeMessage['body']>;

const ERROR_TO_WIRE: Readonly<Record<ExchangeErrorCode, PeerExchangeErrorCode>> = {
  unsupported: PeerExchangeErrorCode.UNSUPPORTED,
  'rate-limited': PeerExchangeErrorCode.RATE_LIMITED,
  'not-allowed': PeerExchangeErrorCode.NOT_ALLOWED,
  malformed: PeerExchangeErrorCode.MALFORMED,
};

const ERROR_FROM_WIRE = new Map(
  Object.entries(ERROR_TO_WIRE).map(([code, wire]) => [wire, code as ExchangeErrorCode]),
);

/** Peer exchange in Protobuf. */
export const EXCHANGE_CODEC: ExchangeCodec = {
  encode: ({ correlationId, body }: ExchangeMessage): Uint8Array =>
    PeerExchangeMessage.encode({
      version: EXCHANGE_VERSION,
      correlationId: Buffer.from(correlationId, 'hex'),
      body: bodyToWire(body),
    }).finish(),

  decode: (bytes: Uint8Array): DecodedMessage => {
    if (hasMoreFields(bytes, EXCHANGE_FIELDS_MAX, EXCHANGE_DEPTH)) {
      return { kind: 'malformed', problem: 'too many fields' };
    }
    try {
      return decoded(PeerExchangeMessage.decode(bytes));
    } catch {
      return { kind: 'malformed', problem: 'not a message' };
    }
  },
};

function decoded({ version, correlationId, body }: PeerExchangeMessage): DecodedMessage {
  if (correlationId.length !== ID_BYTES) return { kind: 'malformed', problem: 'no correlation id' };
  const id = toHex(correlationId);
  if (version !== EXCHANGE_VERSION || body === undefined) return { kind: 'unsupported', correlationId: id };
  const read = bodyFromWire(body);
  if (read === undefined) return { kind: 'malformed', problem: 'field that is no such thing' };
  return { kind: 'message', message: { correlationId: id, body: read } };
}

function bodyToWire(body: ExchangeBody): WireBody {
  switch (body.kind) {
    case 'request':
      return {
        $case: 'request',
        value: { listId: Buffer.from(body.listId, 'hex'), sinceRevision: body.since },
      };
    case 'response': {
      const { listId, revision, hasMore, records } = body;
      const list = { listId: Buffer.from(listId, 'hex'), revision, hasMore };
      return { $case: 'response', value: { ...list, records: records.map(recordToWire) } };
    }
    case 'announcement':
      return { $case: 'announcement', value: { record: body.records.map(recordToWire)[0] } };
    case 'update':
      return { $case: 'update', value: { records: body.records.map(recordToWire) } };
    case 'error':
      return {
        $case: 'error',
        value: { code: ERROR_TO_WIRE[body.code], retryAfterMs: BigInt(Math.round(body.retryAfterMs)) },
      };
  }
}

/** Undefined when a field has a value that it cannot have. */
function bodyFromWire(body: WireBody): ExchangeBody | undefined {
  switch (body.$case) {
    case 'request': {
      const { listId, sinceRevision } = body.value;
      return isListId(listId) ? { kind: 'request', listId: toHex(listId), since: sinceRevision } : undefined;
    }
    case 'response': {
      const { listId, revision, hasMore, records } = body.value;
      if (!isListId(listId)) return undefined;
      return {
        kind: 'response',
        listId: toHex(listId),
        revision,
        hasMore,
        records: records.map(recordFromWire),
      };
    }
    case 'announcement': {
      const { record } = body.value;
      return record === undefined ? undefined : { kind: 'announcement', records: [recordFromWire(record)] };
    }
    case 'update':
      return { kind: 'update', records: body.value.records.map(recordFromWire) };
    case 'error': {
      const code = ERROR_FROM_WIRE.get(body.value.code);
      return code === undefined
        ? undefined
        : { kind: 'error', code, retryAfterMs: Number(body.value.retryAfterMs) };
    }
  }
}

function isListId(bytes: Uint8Array): boolean {
  return bytes.length === 0 || bytes.length === ID_BYTES;
}

function recordToWire({ record, seenAgoMs }: ToldRecord): WireRecord {
  const { key, addresses, sequence, signature } = record;
  const publicKey = Buffer.from(key, 'hex');
  return { publicKey, addresses: [...addresses], sequence, signature, seenAgoMs: BigInt(seenAgoMs) };
}

function recordFromWire({ publicKey, addresses, sequence, signature, seenAgoMs }: WireRecord): ToldRecord {
  const record = { key: toHex(publicKey), addresses, sequence, signature: signature.slice() };
  return { record, seenAgoMs: Number(seenAgoMs) };
}
