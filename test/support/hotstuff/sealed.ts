import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { HostedRecord, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import { opened } from '#libs/protocol/hosting/seals.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';

/** A message of HotStuff as members send it. */
export function sealed(message: HotStuffMessage): ProtocolMessage {
  return HOTSTUFF.messages.close(message);
}

/** The message of HotStuff in what a member sends, if it is one. */
export function hotStuffIn(body: PeerMessageBody): HotStuffMessage | undefined {
  return body.kind === 'protocol' ? HOTSTUFF.messages.open(body) : undefined;
}

/** A body that a member sends, with the messages of HotStuff open to read and to make. */
export type Said = HotStuffMessage | Exclude<PeerMessageBody, ProtocolMessage>;

/** The body that a member sends, open. */
export function saidIn(body: PeerMessageBody): Said {
  return body.kind === 'protocol' ? opened(HOTSTUFF.messages, body) : body;
}

/** An open body, as the member sends it. */
export function bodyOf(said: Said): PeerMessageBody {
  switch (said.kind) {
    case 'proposal':
    case 'vote':
    case 'certificate':
    case 'new-view':
    case 'timeout':
    case 'timeout-certificate':
      return sealed(said);
    default:
      return said;
  }
}

/** A safety record as stores take it. */
export function sealedRecord(record: SafetyRecord): HostedRecord {
  return HOTSTUFF.records.close(record);
}

/** The safety record in what a store gives. */
export function recordIn(record: HostedRecord | undefined): SafetyRecord | undefined {
  return record && opened(HOTSTUFF.records, record);
}
