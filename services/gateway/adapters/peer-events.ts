import { toHex } from '#libs/bytes/hex.ts';
import type { EventBus } from '#libs/events/bus.ts';
import { PeerConnected, PeerConnectionFailed, PeerDisconnected } from '#libs/proto/btcfed/event/v1/event.ts';
import type { PeerSignals } from '../ports/peer-signals.ts';

/**
 * Connections as signals on the event bus: `gateway.peer.connected`, `….disconnected` and
 * `….connection_failed` (P2P-09).
 */
export function peerEvents(bus: EventBus): PeerSignals {
  const tell = (event: string, publicKey: Uint8Array, body: Uint8Array): void => {
    bus.publishSignal({ service: 'gateway', noun: 'peer', event, body, about: toHex(publicKey) });
  };
  return {
    connected: (peer) => tell('connected', peer.publicKey, PeerConnected.encode(peer).finish()),
    disconnected: (peer) => tell('disconnected', peer.publicKey, PeerDisconnected.encode(peer).finish()),
    connectionFailed: (peer) =>
      tell('connection_failed', peer.publicKey, PeerConnectionFailed.encode(peer).finish()),
  };
}
