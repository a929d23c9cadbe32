import type { Logger } from '#libs/log/logger.ts';
import type { Complaints } from '../core/complaints.ts';
import { CONNECTIONS_PER_PEER_MAX, UNKNOWN_CONNECTIONS_MAX } from '../core/connection-limits.ts';
import { shareOfAddress } from '../core/share-of-host.ts';
import type { PeerConnection } from '../ports/peer-network.ts';

/**
 * Connections of peers that are in no list: accepted, logged and few (P2P-23). A newcomer always finds a place:
 * an identity with more than its share loses one, else the host that has the most, and in both cases the
 * connection that was silent longest.
 */
export class Guests {
  readonly #complaints: Complaints;
  readonly #log: Logger;
  /** The connections by id. */
  readonly #connections = new Map<string, PeerConnection>();

  constructor(complaints: Complaints, log: Logger) {
    this.#complaints = complaints;
    this.#log = log;
  }

  welcome(connection: PeerConnection, onGone: () => void): void {
    this.#makeRoomFor(connection);
    this.#connections.set(connection.id, connection);
    connection.onClosed(() => {
      if (this.#connections.delete(connection.id)) onGone();
    });
    if (!this.#complaints.note('unconfigured', connection.peer)) return;
    const { peerId, address } = connection;
    this.#log.info('NetworkManager: Received connection from unconfigured peer', {
      peer_id: peerId,
      address,
    });
  }

  /** The newest connection of a guest. */
  connectionOf(key: string): PeerConnection | undefined {
    return this.#ofPeer(key).at(-1);
  }

  /** Hands over the connections of a guest that became a peer. */
  release(key: string): readonly PeerConnection[] {
    const released = this.#ofPeer(key);
    for (const { id } of released) this.#connections.delete(id);
    return released;
  }

  #makeRoomFor({ peer }: PeerConnection): void {
    const own = this.#ofPeer(peer);
    const crowd = own.length < CONNECTIONS_PER_PEER_MAX ? this.#crowd() : own;
    const [longestSilent] = crowd.toSorted((a, b) => a.heardAtMs - b.heardAtMs);
    if (longestSilent === undefined) return;
    this.#log.debug('guest gives way to a newer one', { peer_id: longestSilent.peerId });
    longestSilent.abort('gives way to a newer guest');
  }

  /** Guests of the host that has the most of them; empty while there is room. */
  #crowd(): readonly PeerConnection[] {
    if (this.#connections.size < UNKNOWN_CONNECTIONS_MAX) return [];
    const byHost = Map.groupBy(this.#connections.values(), ({ address }) => shareOfAddress(address));
    return [...byHost.values()].reduce((most, each) => (each.length > most.length ? each : most), []);
  }

  #ofPeer(key: string): readonly PeerConnection[] {
    return [...this.#connections.values()].filter(({ peer }) => peer === key);
  }
}
