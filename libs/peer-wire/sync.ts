import { unreachable } from '#libs/assert/assert.ts';
import { compactBytes } from '#libs/bytes/compact-bytes.ts';
import { digestBytes, toHeight, toView } from '#libs/chain/ids.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import type {
  BlocksRequest,
  BlocksResponse,
  Decided,
  EvidenceNotice,
  SyncMessage,
  Whereabouts,
} from '#libs/engine/ports/peer-message.ts';
import type {
  BlocksRequest as WireBlocksRequest,
  BlocksResponse as WireBlocksResponse,
  Decided as WireDecided,
  EvidenceNotice as WireEvidenceNotice,
  Whereabouts as WireWhereabouts,
} from '#libs/proto/btcfed/peer/v1/peer.ts';
import { EVIDENCE_BYTES_MAX } from '#libs/protocol/limits.ts';
import { blockFromWire, blockToWire, headerFromWire, headerToWire } from '#libs/wire/block.ts';
import { certificateFromWire, certificateToWire } from '#libs/wire/certificate.ts';
import { hashesToBytes } from '#libs/wire/compact-block.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import { demand } from '#libs/wire/refusal.ts';
import type { WireBody } from './protocol-wire.ts';
import { batchToWire } from './transactions.ts';

export function syncToWire(message: SyncMessage): WireBody {
  switch (message.kind) {
    case 'transactions':
      return { $case: 'transactions', value: batchToWire(message) };
    case 'waiting':
      return { $case: 'waiting', value: { hashes: hashesToBytes(message.hashes) } };
    case 'transactions-request':
      return { $case: 'transactionsRequest', value: { hashes: hashesToBytes(message.hashes) } };
    case 'blocks-request': {
      const { requestId, from, to } = message;
      return { $case: 'blocksRequest', value: { requestId, fromHeight: from, toHeight: to } };
    }
    case 'blocks-response': {
      const { requestId, range } = message;
      return {
        $case: 'blocksResponse',
        value: {
          requestId,
          blocks: range?.blocks.map(blockToWire) ?? [],
          commitCertificate: range && certificateToWire(range.certificate),
          descendants: range?.descendants.map(headerToWire) ?? [],
        },
      };
    }
    case 'block-request':
      return { $case: 'blockRequest', value: { blockDigest: digestBytes(message.digest) } };
    case 'block-response':
      return { $case: 'blockResponse', value: { block: blockToWire(message.block) } };
    case 'evidence':
      return { $case: 'evidence', value: { evidence: message.content } };
    case 'whereabouts':
      return {
        $case: 'whereabouts',
        value: {
          finalHeight: message.height,
          view: message.view,
          instance: message.instance,
          asks: message.asks,
          auditHead: message.audit,
        },
      };
    case 'decided':
      return { $case: 'decided', value: { certificate: certificateToWire(message.certificate) } };
    default:
      return unreachable(message);
  }
}

/** @throws WireRefusal */
export function blocksRequestFromWire(wire: WireBlocksRequest): BlocksRequest {
  demand(wire.fromHeight <= wire.toHeight, 'from_height is above to_height');
  return {
    kind: 'blocks-request',
    requestId: wire.requestId,
    from: toHeight(wire.fromHeight),
    to: toHeight(wire.toHeight),
  };
}

/** @throws WireRefusal */
export function blocksResponseFromWire(wire: WireBlocksResponse, limits: WireLimits): BlocksResponse {
  const { requestId, blocks } = wire;
  demand(blocks.length <= limits.blocksMax, 'too many blocks');
  demand(wire.descendants.length <= limits.descendantsMax, 'too many descendants');
  return {
    kind: 'blocks-response',
    requestId,
    range: blocks.length === 0 ? undefined : rangeFromWire(wire, limits),
  };
}

/** Checks only the size of the evidence: its content is judged elsewhere. @throws WireRefusal */
export function evidenceFromWire({ evidence }: WireEvidenceNotice): EvidenceNotice {
  demand(evidence.length <= EVIDENCE_BYTES_MAX, 'evidence too large');
  return { kind: 'evidence', content: compactBytes(evidence) };
}

/** @throws WireRefusal */
export function decidedFromWire({ certificate }: WireDecided, limits: WireLimits): Decided {
  return { kind: 'decided', certificate: certificateFromWire(certificate, limits) };
}

export function whereaboutsFromWire(wire: WireWhereabouts): Whereabouts {
  const { finalHeight, instance, view, asks, auditHead } = wire;
  const audit = auditHead && {
    sequence: auditHead.sequence,
    hash: compactBytes(auditHead.hash),
    signature: compactBytes(auditHead.signature),
    publicKey: compactBytes(auditHead.publicKey),
  };
  const position = { instance, view: toView(view) };
  const place = { kind: 'whereabouts', height: toHeight(finalHeight), ...position, asks } as const;
  return audit === undefined ? place : { ...place, audit };
}

function rangeFromWire(wire: WireBlocksResponse, limits: WireLimits): BlockRange {
  return {
    blocks: wire.blocks.map((each) => blockFromWire(each, limits)),
    certificate: certificateFromWire(wire.commitCertificate, limits),
    descendants: wire.descendants.map((each) => headerFromWire(each, limits)),
  };
}
