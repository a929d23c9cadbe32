import type { Configuration as WireConfiguration } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Configuration } from '../core/configuration.ts';

/** The configuration as other services see it: without the private key and without what only this node's supervisor needs. */
export function toWire({ generation, node, peers }: Configuration): WireConfiguration {
  const { fileSizeBytesMax, ...logging } = node.logging;
  return {
    generation,
    networkAddresses: node.networkAddresses,
    connectionTimeoutMs: wholeMs(node.connectionTimeoutMs),
    exchangeIntervalMs: wholeMs(node.exchangeIntervalMs),
    logging: { ...logging, fileSizeBytesMax: BigInt(fileSizeBytesMax) },
    peers: peers.peers,
    rejectedPeers: peers.rejected,
  };
}

/** A duration may be written in nanoseconds; the wire has milliseconds. */
function wholeMs(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds));
}
