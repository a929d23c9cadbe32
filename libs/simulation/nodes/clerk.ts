import type { MemberIndex } from '#libs/chain/ids.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';

/** The part of a lying node that sends messages beside the protocol, in place of its engine. */
export interface Clerk {
  /** The messages sent in place of one message of an honest node; none, the same, or others. */
  answers(to: MemberIndex | 'all', body: PeerMessageBody): readonly PeerMessageBody[];
  /** The message that the node sends in the protocol; most clerks leave it as it is. */
  proposes(message: ProtocolMessage): ProtocolMessage;
  /** The form of the certificates in what the node says in the protocol; whole when left out. */
  form?(): MessageForm;
  /** The message that the node sends to all because of one that it heard in the protocol. */
  hears?(message: ProtocolMessage): ProtocolMessage | undefined;
}
