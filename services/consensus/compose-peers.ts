import { assert } from '#libs/assert/assert.ts';
import { httpMetrics } from '#libs/http/http-metrics.ts';
import type { Metrics } from '#libs/metrics/metrics.ts';
import type { Configuration, PeerEntry } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ProbeCheck } from '#libs/service/probes.ts';
import type { Reloadable } from '#libs/service/reloadable.ts';
import { transportOf } from '#libs/settings/transport.ts';
import { GatewayLink } from './adapters/gateway-link.ts';
import type { GatewayLinkOptions } from './adapters/gateway-link-options.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { PeerLink } from './adapters/peer-link.ts';
import { HttpDoor } from './adapters/tinyweb/http-door.ts';
import { TransportError } from './adapters/tinyweb/http-settings.ts';
import { HttpPeers } from './adapters/tinyweb/peers/http-peers.ts';
import { MessageJson } from './adapters/tinyweb/peers/message-json.ts';
import { sendFailures } from './adapters/tinyweb/peers/send-failures.ts';
import { clientRoutes } from './adapters/tinyweb/routes/client-routes.ts';
import { linkOptionsOf } from './compose-links.ts';
import type { ConsensusConfig } from './config.ts';
import type { ClientPorts } from './core/ports.ts';

/** The way to the other members, by the transport of the chain. */
export interface ComposedPeers {
  readonly link: PeerLink;
  /** Started before the member. */
  readonly lives: readonly Lifecycle[];
  /** The parts of conf.yaml and peers.yaml that it follows while it runs. */
  readonly parts: readonly Reloadable<Configuration>[];
  readonly takePeers: (peers: readonly PeerEntry[]) => Promise<void>;
  readonly readiness: ProbeCheck;
  /** Has callers served from these, where the transport has routes for them; called before the lives start. */
  readonly serve: (ports: ClientPorts) => void;
}

type PeersOptions = Pick<GatewayLinkOptions, 'traceparentOf' | 'log'> & { readonly metrics: Metrics };

/** @throws TransportError for settings that the transport cannot do without. */
export function peersOf(config: ConsensusConfig, chain: LoadedChain, options: PeersOptions): ComposedPeers {
  const isHttp = transportOf(chain.genesis) === 'http-json';
  return isHttp ? byHttp(config, chain, options) : throughGateway(config, chain, options);
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

function byHttp(
  { CONSENSUS_CONFIG_ADDRESS: configAddress, CONSENSUS_MEMBER: member }: ConsensusConfig,
  chain: LoadedChain,
  options: PeersOptions,
): ComposedPeers {
  if (configAddress === undefined)
    throw lacking('CONSENSUS_CONFIG_ADDRESS', 'of http-json has its key and its addresses from there');
  const codec = new MessageJson();
  const linkOptions = linkOptionsOf(chain, options);
  const link = new HttpPeers({
    ...linkOptions,
    codec,
    finalHeight: () => chain.store.tip().header.height,
    random: Math.random,
    failed: sendFailures(options.metrics),
  });
  let served: ClientPorts | undefined;
  const door = new HttpDoor({
    ...{ configAddress, member, peers: link, log: options.log },
    chainId: chain.genesis.chainId,
    routes: () => {
      assert(served !== undefined, 'callers are served from ports that are there');
      return [
        ...link.routes(),
        ...clientRoutes({ ports: served, codec, store: chain.store, ...linkOptions }),
      ];
    },
    metrics: httpMetrics(options.metrics),
  });
  const fault = 'this member does not listen for the others yet';
  const readiness = { name: 'https', fault: () => (link.isAttached ? '' : fault) };
  const takePeers = async (peers: readonly PeerEntry[]): Promise<void> => door.takePeers(peers);
  const serve = (ports: ClientPorts): void => {
    served = ports;
  };
  return { link, lives: [door], parts: [door.reloadable], takePeers, readiness, serve };
}

function lacking(variable: string, why: string): TransportError {
  const message = `${variable} is not set: a chain with transport ${why}; start consensus with it`;
  return new TransportError(message, { code: 'TRANSPORT_SETTINGS' });
}
