import type { Logger } from '#libs/log/logger.ts';
import type { Complaints } from './core/complaints.ts';
import { UNKNOWN_CONNECTIONS_MAX } from './core/connection-limits.ts';
import type { PeerConnection } from './ports.ts';

/** Connections of those that are in no list: accepted, logged and few (P2P-23). */
export class Guests {
  readonly #complaints: Complaints;
  readonly #log: Logger;
  /** By id of the connection. */
  readonly #connections = new Map<string, PeerConnection>();

  constructor(complaints: Complaints, log: Logger) {
    this.#complaints = complaints;
    this.#log = log;
  }

  get hasRoom(): boolean {
    return this.#connections.size < UNKNOWN_CONNECTIONS_MAX;
  }

  welcome(connection: PeerConnection, onGone: () => void): void {
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
    return [...this.#connections.values()].findLast(({ peer }) => peer === key);
  }

  /** Hands over the connections of a guest that became a peer. */
  release(key: string): readonly PeerConnection[] {
    const released = [...this.#connections.values()].filter(({ peer }) => peer === key);
    for (const { id } of released) this.#connections.delete(id);
    return released;
  }
}
