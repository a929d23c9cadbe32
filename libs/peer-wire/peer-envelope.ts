import { BinaryReader } from '@bufbuild/protobuf/wire';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import type { KindOfEveryEpoch } from '#libs/engine/ports/peer-message.ts';
import type { Fault, RefusalCause } from '#libs/protocol/module.ts';
import { demand, WireRefusal } from '#libs/wire/refusal.ts';
import type { ProtocolWire } from './protocol-wire.ts';

/** The envelope that ties a message to one chain and one validator set. */
export interface PeerEnvelope {
  /** First 8 bytes of the genesis digest. */
  readonly chainTag: Uint8Array;
  readonly epoch: Epoch;
  /** The messages of the protocol that the epoch runs. */
  readonly protocol: ProtocolWire;
}

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

/**
 * Reads the first fields of a message. @returns the epoch of the sender. @throws WireRefusal, or any error of the
 * reader.
 */
export function readEnvelope(reader: BinaryReader, { chainTag }: Pick<PeerEnvelope, 'chainTag'>): Epoch {
  demand(reader.uint32() === CHAIN_TAG_FIELD, 'chain tag is not first');
  const theirTag = reader.bytes();
  demand(theirTag.length === CHAIN_TAG_BYTES, 'chain tag is not 8 bytes');
  if (!equalBytes(theirTag, chainTag)) throw new WireRefusal('wrong-chain', 'another chain');
  return toEpoch(readEpoch(reader));
}

/** The tag of a field that holds a nested message. */
export function messageTag(field: number): number {
  return (field << 3) | 2;
}

/** Looks at the number of the next field. */
export function isOfEveryEpoch([low = 0, high = 0]: Uint8Array): boolean {
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

/** The fault of refused bytes that claim to be a proposal, by the first field behind the envelope. */
export function proposalFault(
  bytes: Uint8Array,
  envelope: PeerEnvelope,
  cause: RefusalCause,
): Fault | undefined {
  if (cause !== 'malformed' && cause !== 'oversized') return undefined;
  const reader = new BinaryReader(bytes);
  try {
    const isOurs = readEnvelope(reader, envelope) === envelope.epoch;
    if (!isOurs || reader.uint32() !== messageTag(envelope.protocol.proposalField)) return undefined;
  } catch {
    // The bytes hold not even an envelope.
    return undefined;
  }
  return cause === 'oversized' ? 'proposal too large' : 'proposal that cannot be read';
}
