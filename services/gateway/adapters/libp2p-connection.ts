import type { Connection } from '@libp2p/interface';
import { toHex } from '#libs/bytes/hex.ts';
import { CLOSE_TIMEOUT_MS } from '../core/connection-limits.ts';
import {
  type ByteStream,
  type PeerConnection,
  ProtocolMissingError,
  type ProtocolName,
} from '../ports/peer-network.ts';
import { Libp2pLiveness } from './libp2p-liveness.ts';
import { Libp2pStream } from './libp2p-stream.ts';
import { PROTOCOL_IDS } from './protocol-id.ts';

/** A libp2p connection as the gateway sees it. */
export class Libp2pConnection implements PeerConnection {
  readonly id: string;
  readonly peer: string;
  readonly peerId: string;
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  readonly openedAtMs = performance.now();
  readonly #connection: Connection;
  readonly #liveness: Libp2pLiveness;

  constructor(connection: Connection) {
    this.#liveness = new Libp2pLiveness(connection);
    this.#connection = connection;
    this.id = connection.id;
    this.peer = toHex(connection.remotePeer.publicKey?.raw ?? new Uint8Array(0));
    this.peerId = connection.remotePeer.toString();
    this.address = connection.remoteAddr.toString();
    this.direction = connection.direction;
  }

  get heardAtMs(): number {
    return this.#liveness.heardAtMs;
  }

  async openStream(protocol: ProtocolName, signal: AbortSignal): Promise<ByteStream> {
    try {
      return new Libp2pStream(await this.#connection.newStream(PROTOCOL_IDS[protocol][0], { signal }));
    } catch (error) {
      if (!(error instanceof Error && error.name === 'UnsupportedProtocolError')) throw error;
      throw new ProtocolMissingError(error.message, { cause: error });
    }
  }

  ping(): Promise<number> {
    return this.#liveness.ping();
  }

  async close(): Promise<void> {
    try {
      await this.#connection.close({ signal: AbortSignal.timeout(CLOSE_TIMEOUT_MS) });
    } catch {
      this.abort('not closed in time');
    }
  }

  abort(reason: string): void {
    this.#connection.abort(new Error(reason));
  }

  onClosed(listener: () => void): void {
    if (this.#connection.status === 'open' || this.#connection.status === 'closing') {
      this.#connection.addEventListener('close', listener, { once: true });
    } else {
      queueMicrotask(listener);
    }
  }
}
