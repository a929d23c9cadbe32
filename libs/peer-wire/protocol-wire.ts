import { assert } from '#libs/assert/assert.ts';
import type { View } from '#libs/chain/ids.ts';
import type { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ProtocolMessage, Seal } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';

export type WireBody = NonNullable<PeerMessage['body']>;

/** The messages of a protocol, or of several with one core, as fields of a peer message. */
export interface MessageWire<Message> {
  /** @param form - That of the certificates in it. */
  toWire(message: Message, form: MessageForm): WireBody;
  /** Undefined for a body that is none of them. @throws WireRefusal */
  fromWire(body: WireBody, reading: MessageReading): Message | undefined;
  /**
   * How decisions are shown, where members of version 0.2 know no `Decided` and a message of the protocol that says the same;
   * it is read as that message.
   */
  decisionToWire?(certificate: QuorumCertificate): WireBody;
  /** Number of the field of proposals: their faults are told apart. */
  readonly proposalField: number;
  /** Reports of which the newest of a member alone matters; none, when left out. */
  readonly reports?: ReportFields;
}

/** Fields that report a view, which is their first field: it is read without the rest. */
export interface ReportFields {
  readonly numbers: readonly number[];
  /** The position of a report that says this view. */
  at(view: View): Position;
}

/** The same for code that hosts any protocol. */
export type ProtocolWire = MessageWire<ProtocolMessage>;

/** The wire of a hosted protocol: closes what it reads, and writes what it opens. */
export function sealedWire<Message>(
  { toWire, fromWire, ...fields }: MessageWire<Message>,
  { close, open }: Seal<Message, ProtocolMessage>,
): ProtocolWire {
  return {
    ...fields,
    toWire(sealed, form) {
      const message = open(sealed);
      assert(message !== undefined, `a ${sealed.name} of another protocol`);
      return toWire(message, form);
    },
    fromWire(body, reading) {
      const message = fromWire(body, reading);
      return message && close(message);
    },
  };
}
