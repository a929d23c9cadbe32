import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { unreachable } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import type { ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import type { KindOfEveryEpoch, PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { Fault, RefusalCause } from '#libs/protocol/module.ts';
import { blockFromWire, digestFromWire } from '#libs/wire/block.ts';
import { BoundedReader } from '#libs/wire/bounded-reader.ts';
import { certificateFromWire, timeoutCertificateFromWire } from '#libs/wire/certificate.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { demand, present, WireRefusal } from '#libs/wire/refusal.ts';
import {
  hotStuffToWire,
  newViewFromWire,
  proposalFromWire,
  timeoutFromWire,
  voteFromWire,
  type WireBody,
} from './hotstuff.ts';
import { snapshotFromWire, snapshotToWire } from './snapshot.ts';
import {
  blocksRequestFromWire,
  blocksResponseFromWire,
  evidenceFromWire,
  syncToWire,
  whereaboutsFromWire,
} from './sync.ts';
import { batchFromWire, hashesFromWire } from './transactions.ts';

/** The envelope that ties a message to one chain and one validator set. */
export interface PeerEnvelope {
  /** First 8 bytes of the genesis digest. */
  readonly chainTag: Uint8Array;
  readonly epoch: Epoch;
}

/** Tag of the field of a proposal, a nested message. */
const PROPOSAL_FIELD = (10 << 3) | 2;
const CHAIN_TAG_BYTES = 8;
const CHAIN_TAG_FIELD = (1 << 3) | 2;
const EPOCH_FIELD = 2 << 3;
/** Fields of peer.proto. */
const FIELD_OF: Readonly<Record<KindOfEveryEpoch, number>> = {
  'blocks-request': 31,
  'blocks-response': 32,
  'block-request': 33,
  'block-response': 34,
  'snapshot-request': 36,
  'snapshot-response': 37,
  'chunk-request': 38,
  'chunk-response': 39,
};
const FIELDS_OF_EVERY_EPOCH: ReadonlySet<number> = new Set(Object.values(FIELD_OF));

// Reused, so that a proposal of megabytes does not grow a buffer by doubling each time; keeps the largest.
const writer = new BinaryWriter();

/** The payload of one gateway frame. */
export function encodePeerMessage(body: PeerMessageBody, { chainTag, epoch }: PeerEnvelope): Uint8Array {
  try {
    return PeerMessage.encode({ chainTag, epoch, body: bodyToWire(body) }, writer).finish();
  } catch (error) {
    writer.finish();
    throw error;
  }
}

/**
 * Reads a message of a peer; never throws, for any bytes. Refuses in the order of cost (RULES.md A.44): size, chain,
 * epoch, and only then the rest. Requests for blocks and for the state, and their answers, are of every epoch: a
 * member that is behind asks in its own. Chain tag and epoch must be the first fields: Protobuf allows any order, our
 * encoder has one, and so a message of another chain costs 12 bytes of reading.
 *
 * Signatures and transactions of the result are views of `bytes` and keep all of them alive: copy every part that
 * outlives the handling of the message, as mempool and chain store do.
 */
export function decodePeerMessage(
  bytes: Uint8Array,
  { limits, ...envelope }: PeerEnvelope & { readonly limits: WireLimits },
): ReadPeerMessage {
  const refuse = (cause: RefusalCause, detail: string, fault?: Fault): ReadPeerMessage => {
    const known = fault ?? proposalFault(bytes, envelope, cause);
    return known === undefined ? { ok: false, cause, detail } : { ok: false, cause, detail, fault: known };
  };
  if (bytes.length > limits.messageBytesMax) return refuse('oversized', 'message too large');
  const reader = new BoundedReader(bytes, limits.fieldsMax);
  let wire: PeerMessage;
  try {
    const epoch = readEnvelope(reader, envelope);
    if (epoch !== envelope.epoch && !isOfEveryEpoch(bytes.subarray(reader.pos))) {
      return { ok: false, cause: 'wrong-epoch', detail: 'another epoch', epoch };
    }
    wire = PeerMessage.decode(reader);
  } catch (error) {
    // The decoder throws plain errors of many kinds for bytes that are not Protobuf.
    if (!(error instanceof WireRefusal)) return refuse('malformed', 'not a peer message');
    return refuse(error.detail.refusal, error.message, error.detail.fault);
  }
  try {
    demand(wire.chainTag.length === 0 && wire.epoch === 0n, 'chain tag or epoch repeated');
    return { ok: true, body: bodyFromWire(present(wire.body, 'known body'), limits) };
  } catch (error) {
    if (!(error instanceof WireRefusal)) throw error;
    return refuse(error.detail.refusal, error.message, error.detail.fault);
  }
}

/**
 * Reads the first fields of a message. @returns the epoch of the sender. @throws WireRefusal, or any error of the
 * reader.
 */
export function readEnvelope(reader: BinaryReader, { chainTag }: PeerEnvelope): Epoch {
  demand(reader.uint32() === CHAIN_TAG_FIELD, 'chain tag is not first');
  const theirTag = reader.bytes();
  demand(theirTag.length === CHAIN_TAG_BYTES, 'chain tag is not 8 bytes');
  if (!equalBytes(theirTag, chainTag)) throw new WireRefusal('wrong-chain', 'another chain');
  return toEpoch(readEpoch(reader));
}

/** Looks at the number of the next field. */
function isOfEveryEpoch([low = 0, high = 0]: Uint8Array): boolean {
  // Numbers of 16 to 2047 take two bytes; the wire type is that of a message.
  const tag = (low & 0x7f) | (high << 7);
  const isMessage = low >= 0x80 && high < 0x80 && (tag & 7) === 2;
  return isMessage && FIELDS_OF_EVERY_EPOCH.has(tag >>> 3);
}

/** Epoch 0 is the default and therefore not written. */
function readEpoch(reader: BinaryReader): bigint {
  const start = reader.pos;
  if (start < reader.len && reader.uint32() === EPOCH_FIELD) return BigInt(reader.uint64());
  reader.pos = start;
  return 0n;
}

function bodyToWire(body: PeerMessageBody): WireBody {
  switch (body.kind) {
    case 'transactions':
    case 'waiting':
    case 'transactions-request':
    case 'blocks-request':
    case 'blocks-response':
    case 'block-request':
    case 'block-response':
    case 'evidence':
    case 'whereabouts':
      return syncToWire(body);
    case 'snapshot-request':
    case 'snapshot-response':
    case 'chunk-request':
    case 'chunk-response':
      return snapshotToWire(body);
    default:
      return hotStuffToWire(body);
  }
}

/** @throws WireRefusal */
function bodyFromWire(body: WireBody, limits: WireLimits): PeerMessageBody {
  switch (body.$case) {
    case 'proposal':
      return proposalFromWire(body.value, limits);
    case 'vote':
      return voteFromWire(body.value, limits);
    case 'certificate':
      return { kind: 'certificate', certificate: certificateFromWire(body.value.certificate, limits) };
    case 'newView':
      return newViewFromWire(body.value, limits);
    case 'timeout':
      return timeoutFromWire(body.value, limits);
    case 'timeoutCertificate': {
      const timeoutCertificate = timeoutCertificateFromWire(body.value.timeoutCertificate, limits);
      return { kind: 'timeout-certificate', timeoutCertificate };
    }
    case 'transactions':
      return batchFromWire(body.value, limits);
    case 'waiting':
      return { kind: 'waiting', hashes: hashesFromWire(body.value) };
    case 'transactionsRequest':
      return { kind: 'transactions-request', hashes: hashesFromWire(body.value) };
    case 'blocksRequest':
      return blocksRequestFromWire(body.value);
    case 'blocksResponse':
      return blocksResponseFromWire(body.value, limits);
    case 'blockRequest':
      return { kind: 'block-request', digest: digestFromWire(body.value.blockDigest, 'block_digest') };
    case 'blockResponse':
      return { kind: 'block-response', block: blockFromWire(body.value.block, limits) };
    case 'evidence':
      return evidenceFromWire(body.value);
    case 'whereabouts':
      return whereaboutsFromWire(body.value);
    case 'snapshotRequest':
    case 'snapshotResponse':
    case 'chunkRequest':
    case 'chunkResponse':
      return snapshotFromWire(body, limits);
    default:
      return unreachable(body);
  }
}

/** The fault of refused bytes that claim to be a proposal, by the first field behind the envelope. */
function proposalFault(bytes: Uint8Array, envelope: PeerEnvelope, cause: RefusalCause): Fault | undefined {
  if (cause !== 'malformed' && cause !== 'oversized') return undefined;
  const reader = new BinaryReader(bytes);
  try {
    const isOurs = readEnvelope(reader, envelope) === envelope.epoch;
    if (!isOurs || reader.uint32() !== PROPOSAL_FIELD) return undefined;
  } catch {
    // The bytes hold not even an envelope.
    return undefined;
  }
  return cause === 'oversized' ? 'proposal too large' : 'proposal that cannot be read';
}
