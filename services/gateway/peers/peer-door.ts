import type { Logger } from '#libs/log/logger.ts';
import { Complaints } from '../core/complaints.ts';
import { FLAP_BURST, FLAPS_PER_SECOND } from '../core/connection-limits.ts';
import { LOGGED_CAUSES_MAX } from '../core/limits.ts';
import { RateByKey } from '../core/rate-by-key.ts';
import type { HostShare } from '../core/share-of-host.ts';
import type { ByteStream, NetworkListener, PeerConnection, ProtocolName } from '../ports/peer-network.ts';
import { Guests } from './guests.ts';
import type { Peer } from './peer.ts';
import type { PeerRegistry } from './peer-registry.ts';
import { ProtocolRegistry } from './rules/protocol-registry.ts';

/**
 * A handler of the streams that peers open for one protocol. An error that it throws costs the peer that stream
 * alone (P2P-10).
 */
export type StreamHandler = (connection: PeerConnection, stream: ByteStream) => void;

export interface PeerDoorOptions {
  readonly registry: PeerRegistry;
  /** Whether this process cannot keep up now. */
  readonly isBusy: () => boolean;
  readonly log: Logger;
  /** A guest came or went. */
  readonly onGuest: (key: string, connected: boolean) => void;
}

/** The entrance of connections and streams: those of peers go to the peer, strangers become guests (P2P-23). */
export class PeerDoor implements NetworkListener {
  readonly protocols = new ProtocolRegistry<StreamHandler>();
  readonly #options: PeerDoorOptions;
  readonly #guests: Guests;
  readonly #flaps = new RateByKey({
    perSecond: FLAPS_PER_SECOND,
    burst: FLAP_BURST,
    keysMax: LOGGED_CAUSES_MAX,
  });

  constructor(options: PeerDoorOptions) {
    this.#options = options;
    this.#guests = new Guests(new Complaints(LOGGED_CAUSES_MAX), options.log);
  }

  mayConnect(key: string): boolean {
    const { registry } = this.#options;
    if (this.#flaps.admit(key, performance.now())) return true;
    registry.complain(key, 'peer connects too often, it is refused for a moment');
    return false;
  }

  isPeerHost(host: HostShare): boolean {
    return this.#options.registry.isPeerHost(host);
  }

  isBusy(): boolean {
    return this.#options.isBusy();
  }

  onConnection(connection: PeerConnection): void {
    const { registry, onGuest, log } = this.#options;
    const peer = registry.peer(connection.peer);
    if (peer !== undefined) {
      if (connection.direction === 'inbound') log.debug(MATCHED, { peer_id: connection.peerId });
      return peer.onConnection(connection);
    }
    this.#guests.welcome(connection, () => onGuest(connection.peer, false));
    onGuest(connection.peer, true);
  }

  onStream(connection: PeerConnection, protocol: ProtocolName, stream: ByteStream): void {
    try {
      const handler = this.protocols.handlerOf(protocol);
      if (handler === undefined) stream.reset('nobody handles the protocol');
      else handler(connection, stream);
    } catch (error) {
      stream.reset('the handler failed');
      this.#options.log.error('Error handling stream for protocol', error, { protocol_id: protocol });
    }
  }

  /** The connection in use with a peer or a guest. */
  connectionOf(key: string): PeerConnection | undefined {
    const peer = this.#options.registry.peer(key);
    return peer === undefined ? this.#guests.connectionOf(key) : peer.connection;
  }

  /** A guest became a peer: it keeps its connection. */
  adopt(peer: Peer): void {
    for (const connection of this.#guests.release(peer.key)) peer.onConnection(connection);
  }

  /** The other end broke a rule of a protocol: a peer has some patience left, a guest has none. */
  fault(connection: PeerConnection, text: string): void {
    const { registry } = this.#options;
    const peer = registry.peer(connection.peer);
    if (peer !== undefined) return peer.onFault(connection, text);
    registry.complain(connection.peer, `stream is reset: ${text}`);
    connection.abort(text);
  }
}

const MATCHED = 'NetworkManager: Incoming connection matched configured peer, updating state immediately';
