import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';

/**
 * The class of a message: certificates, votes and proposals go before everything, transactions after everything
 * (HS-59).
 */
export function classOf({ kind }: PeerMessageBody): TrafficClass {
  switch (kind) {
    case 'transactions':
      return TrafficClass.TRANSACTION;
    case 'blocks-request':
    case 'blocks-response':
    case 'block-request':
    case 'block-response':
    case 'evidence':
    case 'waiting':
    case 'transactions-request':
    case 'snapshot-request':
    case 'snapshot-response':
    case 'chunk-request':
    case 'chunk-response':
    case 'whereabouts':
    // Votes and proposals must not wait behind signatures of certificates, and have a budget of their own.
    case 'signatures-request':
    case 'signatures-response':
    // Before transactions that no proposal names yet.
    case 'bodies-request':
    case 'bodies-response':
      return TrafficClass.SYNC;
    case 'protocol':
    case 'decided':
      return TrafficClass.CONSENSUS;
  }
}
