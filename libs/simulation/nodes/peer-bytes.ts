import type { Epoch } from '#libs/chain/ids.ts';
import type { ReadPeerMessage } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { decodePeerMessage, encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import type { ProtocolWire } from '#libs/peer-wire/protocol-wire.ts';
import type { HeldParts } from '#libs/protocol/held-parts.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';

const CHAIN_TAG = new Uint8Array(8).fill(7);

/** A message of the simulated chain as bytes. @throws WireRefusal, or any error of the encoder. */
export function writeBytes(
  body: PeerMessageBody,
  epoch: Epoch,
  protocol: ProtocolWire,
  form?: MessageForm,
): Uint8Array {
  return encodePeerMessage(body, { chainTag: CHAIN_TAG, epoch, protocol }, form);
}

interface ReadingBounds {
  readonly held?: Partial<HeldParts> | undefined;
  readonly messageBytesMax?: number;
}

/** The same, read by the bounds of production. */
export function readBytes(
  bytes: Uint8Array,
  epoch: Epoch,
  protocol: ProtocolWire,
  { held, messageBytesMax = WIRE_LIMITS.messageBytesMax }: ReadingBounds = {},
): ReadPeerMessage {
  const limits = { ...WIRE_LIMITS, messageBytesMax };
  return decodePeerMessage(bytes, { chainTag: CHAIN_TAG, epoch, protocol, limits, held });
}
