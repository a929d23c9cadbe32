import type { ByClass } from '../core/traffic-class.ts';

/** libp2p protocols of the federation: one per class, so that each has its own stream and window. */
export const PROTOCOL_ID: ByClass<string> = {
  consensus: '/btcfed/consensus/1.0.0',
  sync: '/btcfed/sync/1.0.0',
  transaction: '/btcfed/transaction/1.0.0',
};
