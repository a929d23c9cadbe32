import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { compactBytes } from '#libs/bytes/compact-bytes.ts';
import type { ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { HeldParts } from '#libs/protocol/held-parts.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { Fault, RefusalCause } from '#libs/protocol/module.ts';
import { BoundedReader } from '#libs/wire/bounded-reader.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { MessageReading } from '#libs/wire/message-reading.ts';
import { demand, present, WireRefusal } from '#libs/wire/refusal.ts';
import { demandFits } from './frame-bounds.ts';
import { bodyFromWire, bodyToWire } from './peer-bodies.ts';
import { isOfEveryEpoch, type PeerEnvelope, proposalFault, readEnvelope } from './peer-envelope.ts';

/** The facts by which a message is read. */
export interface PeerReading {
  readonly limits: WireLimits;
  /** By which messages are completed that name signatures and transactions; left out: such messages are incomplete. */
  readonly held?: Partial<HeldParts> | undefined;
}

// Reused, so that a proposal of megabytes does not grow a buffer by doubling each time; keeps the largest.
const writer = new BinaryWriter();

/** The payload of one gateway frame. @param form - That of messages of the protocol. */
export function encodePeerMessage(
  body: PeerMessageBody,
  { chainTag, epoch, protocol }: PeerEnvelope,
  form: MessageForm = 'whole',
): Uint8Array {
  try {
    return PeerMessage.encode({ chainTag, epoch, body: bodyToWire(body, protocol, form) }, writer).finish();
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
 * The result keeps no more of `bytes` alive than it says, whatever a peer put beside it: a field that this version does not know, or one
 * given twice. Only a message that is incomplete keeps them all, and tells their size.
 */
export function decodePeerMessage(bytes: Uint8Array, options: PeerEnvelope & PeerReading): ReadPeerMessage {
  const { limits, held, ...envelope } = options;
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
    const reading = new MessageReading(limits, held);
    const given = present(wire.body, 'known body');
    demandFits(bytes.length, given, limits);
    const body = bodyFromWire(given, reading, envelope.protocol);
    if (reading.isComplete) return { ok: true, body };
    const { missing, lacking } = reading;
    const waiting = compactBytes(bytes);
    const again = (more: Partial<HeldParts>) =>
      decodePeerMessage(waiting, { ...options, held: { ...held, ...more } });
    const draft = lacking && body;
    const incomplete = {
      kind: 'incomplete',
      missing,
      lacking,
      draft,
      sizeBytes: waiting.length,
      again,
    } as const;
    return { ok: false, cause: 'unresolved', detail: 'signatures or transactions are missing', incomplete };
  } catch (error) {
    if (!(error instanceof WireRefusal)) throw error;
    return refuse(error.detail.refusal, error.message, error.detail.fault);
  }
}
