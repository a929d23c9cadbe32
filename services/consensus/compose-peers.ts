import { transportOf } from '#libs/settings/transport.ts';
import { GatewayLink } from './adapters/gateway-link.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import { linkOptionsOf } from './compose-links.ts';
import { type ComposedPeers, lacking, type PeersOptions } from './composed-peers.ts';
import type { ConsensusConfig } from './config.ts';

/**
 * The way to the other members. The code of HTTP is loaded where the chain speaks it, and only then.
 * @throws TransportError for settings that the transport cannot do without.
 */
export async function peersOf(
  config: ConsensusConfig,
  chain: LoadedChain,
  options: PeersOptions,
): Promise<ComposedPeers> {
  if (transportOf(chain.genesis) !== 'http-json') return throughGateway(config, chain, options);
  const { peersByHttp } = await import('./compose-http.ts');
  return peersByHttp(config, chain, options);
}

function throughGateway(
  { CONSENSUS_GATEWAY_ADDRESS: address }: ConsensusConfig,
  chain: LoadedChain,
  options: PeersOptions,
): ComposedPeers {
  if (address === undefined) throw lacking('CONSENSUS_GATEWAY_ADDRESS', 'of libp2p goes through a gateway');
  const link = new GatewayLink({ address, ...linkOptionsOf(chain, options) });
  const fault = 'the gateway of this member is not attached';
  const readiness = { name: 'gateway', fault: () => (link.isAttached ? '' : fault) };
  return { link, lives: [], parts: [], takePeers: async () => {}, readiness, serve: () => {} };
}
