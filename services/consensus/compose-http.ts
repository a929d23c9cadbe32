import { assert } from '#libs/assert/assert.ts';
import { httpMetrics } from '#libs/http/http-metrics.ts';
import type { PeerEntry } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import { HttpDoor } from './adapters/tinyweb/http-door.ts';
import { HttpPeers } from './adapters/tinyweb/peers/http-peers.ts';
import { MessageJson } from './adapters/tinyweb/peers/message-json.ts';
import { sendFailures } from './adapters/tinyweb/peers/send-failures.ts';
import { clientRoutes } from './adapters/tinyweb/routes/client-routes.ts';
import { linkOptionsOf } from './compose-links.ts';
import { type ComposedPeers, lacking, type PeersOptions } from './composed-peers.ts';
import type { ConsensusConfig } from './config.ts';
import type { ClientPorts } from './core/ports.ts';

/** A member that speaks to the others itself: its servers, its lines to them, and the routes of callers. */
export function peersByHttp(
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
