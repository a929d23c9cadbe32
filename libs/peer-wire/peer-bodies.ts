import { BODIES_ASKED_MAX } from '#libs/engine/ports/message-limits.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { blockFromWire, digestFromWire, transactionsFromWire } from '#libs/wire/block.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import { present } from '#libs/wire/refusal.ts';
import type { ProtocolWire, WireBody } from './protocol-wire.ts';
import { signaturesRequestFromWire, signaturesResponseFromWire, signaturesToWire } from './signatures.ts';
import { snapshotFromWire, snapshotToWire } from './snapshot.ts';
import {
  blocksRequestFromWire,
  blocksResponseFromWire,
  decidedFromWire,
  evidenceFromWire,
  syncToWire,
  whereaboutsFromWire,
} from './sync.ts';
import { batchFromWire, bodiesToWire, hashesFromWire } from './transactions.ts';

export function bodyToWire(body: PeerMessageBody, protocol: ProtocolWire, form: MessageForm): WireBody {
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
    case 'signatures-request':
    case 'signatures-response':
      return signaturesToWire(body);
    case 'bodies-request':
    case 'bodies-response':
      return bodiesToWire(body);
    case 'decided':
      return protocol.decisionToWire?.(body.certificate) ?? syncToWire(body);
    case 'protocol':
      return protocol.toWire(body, form);
  }
}

/** @throws WireRefusal, also for a message of another protocol than that of the epoch. */
export function bodyFromWire(
  body: WireBody,
  reading: MessageReading,
  protocol: ProtocolWire,
): PeerMessageBody {
  const { limits } = reading;
  switch (body.$case) {
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
    case 'decided':
      return decidedFromWire(body.value, limits);
    case 'signaturesRequest':
      return signaturesRequestFromWire(body.value, limits);
    case 'signaturesResponse':
      return signaturesResponseFromWire(body.value, limits);
    case 'bodiesRequest':
      return { kind: 'bodies-request', hashes: hashesFromWire(body.value, BODIES_ASKED_MAX) };
    case 'bodiesResponse':
      return { kind: 'bodies-response', transactions: transactionsFromWire(body.value.transactions, limits) };
    default:
      return present(protocol.fromWire(body, reading), 'message of the protocol of this epoch');
  }
}

/** Which message a body is, for logs. */
export function nameOf(body: PeerMessageBody): string {
  return body.kind === 'protocol' ? body.name : body.kind;
}
