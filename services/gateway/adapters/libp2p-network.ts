import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import { FaultTolerance } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';
import { toHex } from '#libs/bytes/hex.ts';
import type { Logger } from '#libs/log/logger.ts';
import { GatewayError } from '../core/errors.ts';
import {
  CONNECTIONS_MAX,
  CONNECTIONS_PER_HOST_PER_SECOND,
  DIAL_TIMEOUT_MS_MAX,
  PENDING_CONNECTIONS_MAX,
  STREAM_READ_BUFFER_BYTES_MAX,
  STREAM_WINDOW_BYTES_MAX,
  STREAMS_PER_CLASS_MAX,
} from '../core/limits.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from '../core/traffic-class.ts';
import type { NetworkListener, PeerConnection, PeerNetwork } from '../ports.ts';
import { Libp2pConnection } from './libp2p-connection.ts';
import { Libp2pStream } from './libp2p-stream.ts';
import { type ListenFailures, listenFailureText, recordingTcp } from './listen-failures.ts';
import { PROTOCOL_ID } from './protocol-id.ts';
import { SILENT_LIBP2P_LOGGER } from './silent-libp2p-logger.ts';

export interface Libp2pNetworkOptions {
  /** Ed25519 seed and public key, 64 bytes. */
  readonly privateKey: Uint8Array;
  readonly listenAddresses: readonly string[];
  readonly log: Logger;
}

/** The libp2p host: TCP, Noise, Yamux, identify and ping (requirements 2.5). It dials nobody by itself. */
export class Libp2pNetwork implements PeerNetwork {
  readonly publicKey: Uint8Array;
  readonly peerId: string;
  readonly #options: Libp2pNetworkOptions;
  readonly #host: Libp2p;
  readonly #failures: ListenFailures;
  readonly #listener: { current: NetworkListener | undefined };
  /** By libp2p's id of the connection, as long as it is open. */
  readonly #connections = new Map<string, Libp2pConnection>();

  private constructor(options: Libp2pNetworkOptions, parts: NetworkParts) {
    this.#options = options;
    this.#host = parts.host;
    this.#failures = parts.failures;
    this.#listener = parts.listener;
    this.publicKey = parts.host.peerId.publicKey?.raw ?? new Uint8Array(0);
    this.peerId = parts.host.peerId.toString();
  }

  static async create(options: Libp2pNetworkOptions): Promise<Libp2pNetwork> {
    const failures: ListenFailures = new Map();
    const listener: NetworkParts['listener'] = { current: undefined };
    const mayConnect = (peer: PeerId): boolean => {
      const key = peer.publicKey?.raw;
      return key !== undefined && listener.current?.mayConnect(toHex(key)) === true;
    };
    const host = await createLibp2p({
      ...hostSettings(options),
      transports: [recordingTcp(failures)],
      connectionGater: { denyInboundEncryptedConnection: (peer) => !mayConnect(peer) },
    });
    return new Libp2pNetwork(options, { host, failures, listener });
  }

  listenAddresses(): readonly string[] {
    return this.#host.getMultiaddrs().map((address) => address.toString());
  }

  /** Connections that are open now, of peers and of strangers. */
  openConnections(): readonly PeerConnection[] {
    return [...this.#connections.values()];
  }

  async start(listener: NetworkListener): Promise<void> {
    this.#listener.current = listener;
    this.#host.addEventListener('connection:open', ({ detail }) => this.#onOpen(detail));
    this.#host.addEventListener('connection:close', ({ detail }) => this.#onClose(detail));
    for (const trafficClass of TRAFFIC_CLASSES) await this.#handle(trafficClass);
    await this.#host.start();
    if (this.#failures.size === 0) return;

    const text = listenFailureText(this.#failures);
    if (this.#failures.size < this.#options.listenAddresses.length) {
      this.#options.log.warn('some addresses cannot be listened on', { addresses: text });
      return;
    }
    await this.#host.stop();
    const addresses = [...this.#failures.keys()].join(', ');
    throw new GatewayError(`cannot listen on ${text}`, { code: 'GATEWAY_LISTEN_FAILED', addresses });
  }

  async dial(target: { address: string; peerId: string; signal: AbortSignal }): Promise<void> {
    const address = target.address.includes('/p2p/')
      ? target.address
      : `${target.address}/p2p/${target.peerId}`;
    // Without `force` libp2p would hand back a connection that we are about to replace.
    await this.#host.dial(multiaddr(address), { signal: target.signal, force: true });
  }

  async stop(): Promise<void> {
    await this.#host.stop();
  }

  #handle(trafficClass: TrafficClass): Promise<void> {
    return this.#host.handle(
      PROTOCOL_ID[trafficClass],
      (stream, connection) => this.#onStream(trafficClass, stream, connection),
      { maxInboundStreams: STREAMS_PER_CLASS_MAX, maxOutboundStreams: STREAMS_PER_CLASS_MAX },
    );
  }

  #onStream(trafficClass: TrafficClass, stream: Stream, connection: Connection): void {
    const known = this.#connections.get(connection.id);
    if (known === undefined) stream.abort(new Error('connection is closed'));
    else this.#listener.current?.onStream(known, trafficClass, new Libp2pStream(stream));
  }

  #onOpen(connection: Connection): void {
    const opened = new Libp2pConnection(connection);
    this.#connections.set(connection.id, opened);
    this.#listener.current?.onConnection(opened);
  }

  /** What libp2p keeps of a peer (addresses, protocols) goes with its last connection: strangers cost nothing. */
  #onClose(connection: Connection): void {
    this.#connections.delete(connection.id);
    if (this.#host.getConnections(connection.remotePeer).some(({ id }) => id !== connection.id)) return;
    void this.#host.peerStore.delete(connection.remotePeer).catch(() => {});
  }
}

interface NetworkParts {
  readonly host: Libp2p;
  readonly failures: ListenFailures;
  readonly listener: { current: NetworkListener | undefined };
}

function hostSettings({
  privateKey,
  listenAddresses,
}: Libp2pNetworkOptions): Parameters<typeof createLibp2p>[0] {
  return {
    start: false,
    logger: SILENT_LIBP2P_LOGGER,
    privateKey: privateKeyFromRaw(privateKey),
    nodeInfo: { name: 'btcfed', userAgent: 'btcfed' },
    addresses: { listen: [...listenAddresses] },
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        streamOptions: {
          maxStreamWindowSize: STREAM_WINDOW_BYTES_MAX,
          maxReadBufferLength: STREAM_READ_BUFFER_BYTES_MAX,
        },
      }),
    ],
    connectionManager: {
      maxConnections: CONNECTIONS_MAX,
      inboundConnectionThreshold: CONNECTIONS_PER_HOST_PER_SECOND,
      maxIncomingPendingConnections: PENDING_CONNECTIONS_MAX,
      maxParallelDials: PENDING_CONNECTIONS_MAX,
      // The deadline of a dial is ours (`peers.connection_timeout`); libp2p's own 6 s would come first.
      addressDialTimeout: DIAL_TIMEOUT_MS_MAX,
      reconnectRetries: 0,
    },
    // Our own keep-alive pings, counts and closes (P2P-15).
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping() },
  };
}
