import type { ProtocolName } from '../ports/peer-network.ts';

/**
 * libp2p protocols of the federation, the one that we ask for first. Each class of frames has its own, and so its own
 * stream and window. The three spellings of peer exchange are those of the founding documents
 * (test/requirements/texts.md 2.6, test/requirements/contradictions.md row 1).
 */
export const PROTOCOL_IDS: Readonly<Record<ProtocolName, readonly [string, ...string[]]>> = {
  consensus: ['/btcfed/consensus/1.0.0'],
  sync: ['/btcfed/sync/1.0.0'],
  transaction: ['/btcfed/transaction/1.0.0'],
  exchange: [
    '/vtcp/btc-foundation/v1.0.0',
    '/vtcp/btc-foundation/peer-exchange/v1.0.0',
    'vtcp/btc-foundation/v1.0.0',
  ],
};
