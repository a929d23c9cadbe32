import type { Configuration } from './configuration.ts';

/** The configuration in one line for the log: no key, and no NATS URL, which may hold a password (LOG-16). */
export function publicText({ node, peers }: Configuration): string {
  const { networkAddresses, connectionTimeoutMs, exchangeIntervalMs, logging, services } = node;
  return JSON.stringify({
    peerId: node.identity.peerId,
    networkAddresses,
    connectionTimeoutMs,
    exchangeIntervalMs,
    logging,
    clientAddress: services.clientAddress,
    signerAddress: services.signerAddress,
    peers: peers.peers.length,
  });
}
