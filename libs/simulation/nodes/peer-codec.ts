import { assert } from '#libs/assert/assert.ts';
import type { Block } from '#libs/chain/block.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import type { ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { ProtocolWire } from '#libs/peer-wire/protocol-wire.ts';
import type { HeldParts } from '#libs/protocol/held-parts.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { Decoded, WireCodec } from '../subject/wire-codec.ts';
import { readBytes, writeBytes } from './peer-bytes.ts';

/** Far above any message of a simulated federation, and small enough to be made in every run. */
const LIE_BYTES_MAX = 64 * 1024;

const FIRST_EPOCH = toEpoch(0n);

/** A message as it went over the wire once, and as it is read in the epoch in which it was sent. */
interface Carried {
  readonly epoch: Epoch;
  readonly wire: ProtocolWire;
  readonly bytes: Uint8Array;
  /** Read by somebody who holds nothing. */
  readonly read: ReadPeerMessage;
}

/** Where and how a message is read: in the epoch in which it was said, which ran the founding protocol, when nothing is given. */
export interface ReadingPlace {
  readonly heardIn?: Epoch;
  /** The protocol of the epoch in which it was said. */
  readonly protocol?: string | undefined;
  /** Whole when left out. */
  readonly form?: MessageForm | undefined;
  /** Parts that the reader holds. */
  readonly held?: Partial<HeldParts> | undefined;
}

/**
 * The codec between two consensus services, for whole nodes, for replicas without a node around them, and for liars
 * that send bytes.
 */
export class PeerCodec implements WireCodec<ProtocolMessage> {
  readonly bytesMax = LIE_BYTES_MAX;
  readonly #founding: string;
  readonly #wires: ReadonlyMap<string, ProtocolWire>;
  /**
   * Carried messages by the original, in each form: a message that goes to many, or is repeated, is written once. Its sender
   * writes it, who alone knows for sure which protocol its epoch runs.
   */
  readonly #carried = {
    whole: new WeakMap<object, Carried>(),
    reference: new WeakMap<object, Carried>(),
    compact: new WeakMap<object, Carried>(),
  };

  /**
   * @param founding - The protocol of replicas without a node around them, and of bytes that a liar sends.
   * @param wires - The messages of each protocol that an epoch may run, by its id.
   */
  constructor(founding: string, wires: ReadonlyMap<string, ProtocolWire>) {
    this.#founding = founding;
    this.#wires = wires;
  }

  /**
   * A message as a node in epoch `heardIn` reads it: written and read by the codec of production, with its bounds and
   * its rule for messages that are valid in every epoch. So no node hears a message that no wire can carry.
   *
   * @throws WireRefusal, or any error of the encoder, for a message that cannot be written.
   */
  carriedBody(
    body: PeerMessageBody,
    saidIn: Epoch,
    { heardIn = saidIn, protocol = this.#founding, form = 'whole', held }: ReadingPlace = {},
  ): ReadPeerMessage {
    const carried = this.#carried[form];
    let known = carried.get(body);
    if (known?.epoch !== saidIn) {
      // Members of one epoch run one protocol; a message of another epoch is refused before its body is read.
      const wire = this.#wireOf(protocol);
      const bytes = writeBytes(body, saidIn, wire, form);
      known = { epoch: saidIn, wire, bytes, read: readBytes(bytes, saidIn, wire) };
      carried.set(body, known);
    }
    const isForAll = known.read.ok || known.read.incomplete === undefined;
    if (heardIn === saidIn && isForAll) return known.read;
    return readBytes(known.bytes, heardIn, known.wire, { held });
  }

  /** The codec of nodes that run the protocols of another one too. */
  with(other: PeerCodec): PeerCodec {
    return new PeerCodec(this.#founding, new Map([...this.#wires, ...other.#wires]));
  }

  encode(message: ProtocolMessage): Uint8Array {
    return writeBytes(message, FIRST_EPOCH, this.#wireOf(message.protocol));
  }

  decode(bytes: Uint8Array, protocol = this.#founding): Decoded<ProtocolMessage> {
    return protocolMessage(
      readBytes(bytes, FIRST_EPOCH, this.#wireOf(protocol), { messageBytesMax: LIE_BYTES_MAX }),
    );
  }

  /** Any message between two nodes of the first epoch, as bytes. */
  encodeBody(body: PeerMessageBody, form?: MessageForm): Uint8Array {
    const wire = this.#wireOf(body.kind === 'protocol' ? body.protocol : this.#founding);
    return writeBytes(body, FIRST_EPOCH, wire, form);
  }

  /** The same, read. */
  decodeBody(bytes: Uint8Array): ReadPeerMessage {
    return readBytes(bytes, FIRST_EPOCH, this.#wireOf(this.#founding), { messageBytesMax: LIE_BYTES_MAX });
  }

  carried(message: ProtocolMessage): Decoded<ProtocolMessage> {
    return protocolMessage(this.carriedBody(message, FIRST_EPOCH, { protocol: message.protocol }));
  }

  carriedBlock(block: Block): Block | undefined {
    const decoded = this.carriedBody(responseOf(block), FIRST_EPOCH);
    return decoded.ok && decoded.body.kind === 'block-response' ? decoded.body.block : undefined;
  }

  #wireOf(protocol: string): ProtocolWire {
    const wire = this.#wires.get(protocol);
    assert(wire !== undefined, `no node of this world speaks ${protocol}`);
    return wire;
  }
}

const RESPONSES = new WeakMap<Block, PeerMessageBody>();

/** The answer that carries a block: one for each, so that it is written once. */
export function responseOf(block: Block): PeerMessageBody {
  const known = RESPONSES.get(block) ?? { kind: 'block-response', block };
  RESPONSES.set(block, known);
  return known;
}

function protocolMessage(decoded: ReadPeerMessage): Decoded<ProtocolMessage> {
  if (!decoded.ok) return decoded;
  // Garbled into another kind of message, which replicas without a node around them do not speak.
  if (decoded.body.kind !== 'protocol') return { ok: false, cause: 'malformed' };
  return { ok: true, message: decoded.body };
}
