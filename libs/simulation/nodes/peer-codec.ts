import type { Block } from '#libs/chain/block.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import type { ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { decodePeerMessage, encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import type { Decoded, WireCodec } from '../subject/wire-codec.ts';

/** Far above any message of a simulated federation, and small enough to be made in every run. */
const LIE_BYTES_MAX = 64 * 1024;

const CHAIN_TAG = new Uint8Array(8).fill(7);
const FIRST_EPOCH = toEpoch(0n);

/** A message as it went over the wire once, and as it is read in the epoch in which it was sent. */
interface Carried {
  readonly epoch: Epoch;
  readonly bytes: Uint8Array;
  readonly read: ReadPeerMessage;
}

/** Carried messages by the original: a message that goes to many, or is repeated, is written and read once. */
const CARRIED = new WeakMap<object, Carried>();

/**
 * A message as a node in epoch `heardIn` reads it: written and read by the codec of production, with its bounds and
 * its rule for messages that are valid in every epoch. So no node hears a message that no wire can carry.
 *
 * @throws WireRefusal, or any error of the encoder, for a message that cannot be written.
 */
export function carried(body: PeerMessageBody, saidIn: Epoch, heardIn: Epoch = saidIn): ReadPeerMessage {
  let known = CARRIED.get(body);
  if (known?.epoch !== saidIn) {
    const bytes = encodePeerMessage(body, { chainTag: CHAIN_TAG, epoch: saidIn });
    known = { epoch: saidIn, bytes, read: read(bytes, saidIn) };
    CARRIED.set(body, known);
  }
  return heardIn === saidIn ? known.read : read(known.bytes, heardIn);
}

function read(
  bytes: Uint8Array,
  epoch: Epoch,
  messageBytesMax = WIRE_LIMITS.messageBytesMax,
): ReadPeerMessage {
  return decodePeerMessage(bytes, {
    chainTag: CHAIN_TAG,
    epoch,
    limits: { ...WIRE_LIMITS, messageBytesMax },
  });
}

/**
 * The codec between two consensus services, for replicas without a node around them and for liars that send bytes.
 */
export const hotStuffCodec: WireCodec<HotStuffMessage> = {
  bytesMax: LIE_BYTES_MAX,
  encode: (message) => encodePeerMessage(message, { chainTag: CHAIN_TAG, epoch: FIRST_EPOCH }),
  decode: (bytes) => protocolMessage(read(bytes, FIRST_EPOCH, LIE_BYTES_MAX)),
  carried: (message) => protocolMessage(carried(message, FIRST_EPOCH)),
  carriedBlock: (block) => {
    const decoded = carried(responseOf(block), FIRST_EPOCH);
    return decoded.ok && decoded.body.kind === 'block-response' ? decoded.body.block : undefined;
  },
};

const RESPONSES = new WeakMap<Block, PeerMessageBody>();

/** The answer that carries a block: one for each, so that it is written once. */
export function responseOf(block: Block): PeerMessageBody {
  const known = RESPONSES.get(block) ?? { kind: 'block-response', block };
  RESPONSES.set(block, known);
  return known;
}

function protocolMessage(decoded: ReadPeerMessage): Decoded<HotStuffMessage> {
  if (!decoded.ok) return decoded;
  switch (decoded.body.kind) {
    case 'proposal':
    case 'vote':
    case 'certificate':
    case 'new-view':
    case 'timeout':
    case 'timeout-certificate':
      return { ok: true, message: decoded.body };
    default:
      // Garbled into another kind of message, which replicas without a node around them do not speak.
      return { ok: false, cause: 'malformed' };
  }
}
