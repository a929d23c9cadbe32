import type { PreparedReload } from '#libs/service/reloadable.ts';
import type { HostShare } from '../core/share-of-host.ts';
import type { TrafficClass } from '../core/traffic-class.ts';

/** A protocol that peers speak on streams of their own: frames of a class, or peer exchange. */
export type ProtocolName = TrafficClass | 'exchange';

/** A two-way stream of bytes to one peer, with back-pressure both ways. Chunks are not messages. */
export interface ByteStream {
  /** Hands pieces on as one, without joining them; they must not change afterwards. False: full, wait for `onWritable`. */
  send(...pieces: readonly Uint8Array[]): boolean;
  /** True while `send` would only pile up bytes. */
  readonly isFull: boolean;
  /** Calls back whenever the stream may have become writable; check `isFull`. */
  onWritable(listener: () => void): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** Calls back once, however the stream ended. */
  onClosed(listener: () => void): void;
  /** Stops reading: the sender is slowed by its window. */
  pause(): void;
  resume(): void;
  /** Says that we send no more; bytes handed over before still leave. */
  end(): void;
  /** Ends it at once, both ways. */
  reset(reason: string): void;
}

/** One secured connection; the handshake proves the key of the other end. */
export interface PeerConnection {
  readonly id: string;
  /** Raw Ed25519 public key of the other end as lower-case hex. */
  readonly peer: string;
  readonly peerId: string;
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  /** Monotonic milliseconds of this process. */
  readonly openedAtMs: number;
  /** Monotonic milliseconds of the last bytes that came from the other end. */
  readonly heardAtMs: number;
  /** @throws ProtocolMissingError when the peer does not speak the protocol, which is no fault (P2P-07). */
  openStream(protocol: ProtocolName, signal: AbortSignal): Promise<ByteStream>;
  /** Round trip in microseconds, without a time limit: a hurried caller races it. */
  ping(): Promise<number>;
  /** Lets the bytes handed over leave, then closes. Never rejects. */
  close(): Promise<void>;
  /** Cuts it. */
  abort(reason: string): void;
  onClosed(listener: () => void): void;
}

/** The other end answered that it does not know the protocol: it is not a gateway of ours. */
export class ProtocolMissingError extends Error {
  override readonly name = 'ProtocolMissingError';
}

export interface NetworkListener {
  onConnection(connection: PeerConnection): void;
  /** A peer opened a stream on one of its connections. */
  onStream(connection: PeerConnection, protocol: ProtocolName, stream: ByteStream): void;
  /** Whether a peer may connect at all: a peer that comes and goes too often may not, for a moment (P2P-22). */
  mayConnect(peer: string): boolean;
  /** Whether the addresses of peers name this host: its connections do not wait among those of strangers. */
  isPeerHost(host: HostShare): boolean;
  /** Whether this process cannot keep up now. */
  isBusy(): boolean;
}

/** The peer-to-peer network: libp2p in production. */
export interface PeerNetwork {
  readonly publicKey: Uint8Array;
  readonly peerId: string;
  /** Addresses that are listened on, with the real ports. */
  listenAddresses(): readonly string[];
  /** Binds the addresses. @throws GatewayError GATEWAY_LISTEN_FAILED when not one can be bound (P2P-02). */
  start(listener: NetworkListener): Promise<void>;
  /** Dials one address; the connection also reaches `onConnection`. Rejects with the cause. */
  dial(target: {
    readonly address: string;
    readonly peerId: string;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /**
   * Binds the new listen addresses in place of the present ones; connections stay open throughout. Nothing is
   * closed before the commit.
   * @throws Error naming the address and why it cannot be bound; then nothing has changed.
   */
  relisten(before: readonly string[], after: readonly string[]): Promise<PreparedReload>;
  stop(): Promise<void>;
}
