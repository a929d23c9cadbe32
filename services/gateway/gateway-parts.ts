import { Attachments } from './attachments.ts';
import { BootstrapLog } from './bootstrap-log.ts';
import { TRAFFIC_CLASSES } from './core/traffic-class.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { PeerDoor } from './peer-door.ts';
import { PeerRegistry } from './peer-registry.ts';
import type { PeerNetwork } from './ports.ts';

/** What a running gateway is made of. */
export interface GatewayParts {
  readonly network: PeerNetwork;
  readonly registry: PeerRegistry;
  readonly attachments: Attachments;
  readonly bootstrap: BootstrapLog;
  readonly listener: PeerDoor;
}

/** Joins the parts around an open network; nothing runs yet. */
export function assembleGateway(options: GatewayOptions, network: PeerNetwork): GatewayParts {
  const { log } = options;
  const bootstrap = new BootstrapLog(log, network.peerId);
  const attachments: Attachments = new Attachments((peer, each) => registry.resume(peer, each));
  const registry: PeerRegistry = new PeerRegistry({
    ...options,
    network,
    onFrame: (delivery) => attachments.receive(delivery),
    onPeerChange: (key, connected) => attachments.peerChanged(key, connected),
    onPeerAdded: (peer) => listener.adopt(peer),
    onSession: (_, connected) => {
      if (connected) bootstrap.connected(registry.connectedCount);
    },
  });
  const listener: PeerDoor = new PeerDoor({ registry, log, onGuest: () => {} });
  for (const trafficClass of TRAFFIC_CLASSES) {
    listener.protocols.register(trafficClass, (connection, stream) => {
      const peer = registry.peer(connection.peer);
      if (peer === undefined) stream.reset('peer is not configured');
      else peer.onStream(connection, trafficClass, stream);
    });
  }
  return { network, registry, attachments, bootstrap, listener };
}
