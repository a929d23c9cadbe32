import { unreachable } from '#libs/assert/assert.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { blockFromWire, digestFromWire } from '#libs/wire/block.ts';
import { certificateFromWire, timeoutCertificateFromWire } from '#libs/wire/certificate.ts';
import type { WireLimits } from '#libs/wire/limits.ts';
import {
  hotStuffToWire,
  newViewFromWire,
  proposalFromWire,
  timeoutFromWire,
  voteFromWire,
  type WireBody,
} from './hotstuff.ts';
import { snapshotFromWire, snapshotToWire } from './snapshot.ts';
import {
  blocksRequestFromWire,
  blocksResponseFromWire,
  evidenceFromWire,
  syncToWire,
  whereaboutsFromWire,
} from './sync.ts';
import { batchFromWire, hashesFromWire } from './transactions.ts';

export function bodyToWire(body: PeerMessageBody): WireBody {
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
    default:
      return hotStuffToWire(body);
  }
}

/** @throws WireRefusal */
export function bodyFromWire(body: WireBody, limits: WireLimits): PeerMessageBody {
  switch (body.$case) {
    case 'proposal':
      return proposalFromWire(body.value, limits);
    case 'vote':
      return voteFromWire(body.value, limits);
    case 'certificate':
      return { kind: 'certificate', certificate: certificateFromWire(body.value.certificate, limits) };
    case 'newView':
      return newViewFromWire(body.value, limits);
    case 'timeout':
      return timeoutFromWire(body.value, limits);
    case 'timeoutCertificate': {
      const timeoutCertificate = timeoutCertificateFromWire(body.value.timeoutCertificate, limits);
      return { kind: 'timeout-certificate', timeoutCertificate };
    }
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
    default:
      return unreachable(body);
  }
}
