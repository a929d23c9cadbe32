import { BootstrapLog } from './bootstrap-log.ts';
import { TRAFFIC_CLASSES } from './core/traffic-class.ts';
import { PeerExchange } from './exchange/peer-exchange.ts';
import type { ExchangeNetwork, RecordCryptography } from './exchange/ports.ts';
import { Attachments } from './frames/attachments.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { LoopLag } from './loop-lag.ts';
import { PeerDoor } from './peers/peer-door.ts';
import { PeerRegistry } from './peers/peer-registry.ts';
import type { PeerNetwork } from './ports/peer-network.ts';

/** Joins the parts around an open network; nothing runs yet. */
export function assembleGateway(
  options: GatewayOptions,
  network: PeerNetwork,
  cryptography: RecordCryptography,
): GatewayParts {
  const { log } = options;
  const bootstrap = new BootstrapLog(log, network.peerId);
  const lag = new LoopLag();
  const attachments: Attachments = new Attachments({
    onRoom: (peer, each) => registry.resume(peer, each),
    onDropped: (peer) =>
      registry.complain(peer, 'frames of a peer are dropped, its share of the inbox is full'),
  });
  const registry: PeerRegistry = new PeerRegistry({
    ...options,
    network,
    isBusy: () => lag.isBusy,
    attachments,
    onPeerAdded: (peer) => listener.adopt(peer),
    onSession: (key, connected) => {
      if (connected) bootstrap.connected(registry.connectedCount);
      exchange.onSession(key, connected);
    },
  });
  const onGuest = (key: string, connected: boolean): void => exchange.onSession(key, connected);
  const listener: PeerDoor = new PeerDoor({ registry, isBusy: () => lag.isBusy, log, onGuest });
  const exchange: PeerExchange = new PeerExchange({
    ...options,
    cryptography,
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    network: exchangeNetwork(network, registry, listener),
  });
  serveProtocols({ registry, listener, exchange });
  return { network, registry, attachments, exchange, bootstrap, listener, lag };
}

function exchangeNetwork(network: PeerNetwork, registry: PeerRegistry, listener: PeerDoor): ExchangeNetwork {
  return {
    self: registry.self,
    listenAddresses: () => network.listenAddresses(),
    connectionOf: (key) => listener.connectionOf(key),
    isPeer: (key) => registry.peer(key) !== undefined,
    members: () => registry.members,
    learn: (peers) => void registry.learn(peers),
    fault: (connection, text) => listener.fault(connection, text),
    complain: (key, cause) => registry.complain(key, cause),
  };
}

type Serving = Pick<GatewayParts, 'registry' | 'listener' | 'exchange'>;

function serveProtocols({ registry, listener, exchange }: Serving): void {
  const { protocols } = listener;
  for (const trafficClass of TRAFFIC_CLASSES) {
    protocols.register(trafficClass, (connection, stream) => {
      const peer = registry.peer(connection.peer);
      if (peer === undefined) stream.reset('peer is not configured');
      else peer.onStream(connection, trafficClass, stream);
    });
  }
  protocols.register('exchange', (connection, stream) => exchange.accept(connection, stream));
}
