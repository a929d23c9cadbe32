import type { Connection } from '@libp2p/interface';
import { toHex } from '#libs/bytes/hex.ts';
import { CLOSE_TIMEOUT_MS } from '../core/limits.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import { type ByteStream, type PeerConnection, ProtocolMissingError } from '../ports.ts';
import { pingConnection } from './libp2p-ping.ts';
import { Libp2pStream } from './libp2p-stream.ts';
import { PROTOCOL_ID } from './protocol-id.ts';

/** A libp2p connection as the gateway sees it. */
export class Libp2pConnection implements PeerConnection {
  readonly id: string;
  readonly peer: string;
  readonly peerId: string;
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  readonly openedAtMs = performance.now();
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.id = connection.id;
    this.peer = toHex(connection.remotePeer.publicKey?.raw ?? new Uint8Array(0));
    this.peerId = connection.remotePeer.toString();
    this.address = connection.remoteAddr.toString();
    this.direction = connection.direction;
  }

  async openStream(trafficClass: TrafficClass, signal: AbortSignal): Promise<ByteStream> {
    try {
      return new Libp2pStream(await this.#connection.newStream(PROTOCOL_ID[trafficClass], { signal }));
    } catch (error) {
      if (!(error instanceof Error && error.name === 'UnsupportedProtocolError')) throw error;
      throw new ProtocolMissingError(error.message, { cause: error });
    }
  }

  ping(timeoutMs: number): Promise<number> {
    return pingConnection(this.#connection, timeoutMs);
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
