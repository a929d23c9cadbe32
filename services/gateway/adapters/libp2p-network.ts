import type { Connection, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Libp2p } from 'libp2p';
import type { PreparedReload } from '#libs/service/reloadable.ts';
import { GatewayError } from '../core/errors.ts';
import { STREAMS_PER_PROTOCOL_MAX } from '../core/limits.ts';
import type { NetworkListener, PeerConnection, PeerNetwork, ProtocolName } from '../ports/peer-network.ts';
import { Libp2pConnection } from './libp2p-connection.ts';
import { type Libp2pHostOptions, libp2pHost } from './libp2p-host.ts';
import { Libp2pStream } from './libp2p-stream.ts';
import { listenFailureText, PORT_IN_USE } from './listen-failures.ts';
import { ListenSockets } from './listen-sockets.ts';
import { PROTOCOL_IDS } from './protocol-id.ts';

interface NetworkParts {
  readonly host: Libp2p;
  readonly sockets: ListenSockets;
  readonly listener: { current: NetworkListener | undefined };
}

/** The network of peers, by libp2p. */
export class Libp2pNetwork implements PeerNetwork {
  readonly publicKey: Uint8Array;
  readonly peerId: string;
  readonly #options: Libp2pHostOptions;
  readonly #host: Libp2p;
  readonly #sockets: ListenSockets;
  readonly #listener: { current: NetworkListener | undefined };
  /** The open connections by libp2p's id of each. */
  readonly #connections = new Map<string, Libp2pConnection>();

  private constructor(options: Libp2pHostOptions, parts: NetworkParts) {
    this.#options = options;
    this.#host = parts.host;
    this.#sockets = parts.sockets;
    this.#listener = parts.listener;
    this.publicKey = parts.host.peerId.publicKey?.raw ?? new Uint8Array(0);
    this.peerId = parts.host.peerId.toString();
  }

  static async create(options: Libp2pHostOptions): Promise<Libp2pNetwork> {
    const sockets = new ListenSockets();
    const listener: NetworkParts['listener'] = { current: undefined };
    const host = await libp2pHost(options, sockets, {
      mayConnect: (key) => listener.current?.mayConnect(key) === true,
      isPeerHost: (share) => listener.current?.isPeerHost(share) === true,
      isBusy: () => listener.current?.isBusy() === true,
    });
    return new Libp2pNetwork(options, { host, sockets, listener });
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
    for (const protocol of PROTOCOLS) await this.#handle(protocol);
    await this.#host.start();
    if (this.#sockets.failures.size > 0) await this.#onListenFailures();
    this.#options.log.info('LIBP2P HOST: Host listening on', {
      addresses: this.listenAddresses().join(', '),
    });
  }

  async dial(target: { address: string; peerId: string; signal: AbortSignal }): Promise<void> {
    const address = target.address.includes('/p2p/')
      ? target.address
      : `${target.address}/p2p/${target.peerId}`;
    // Without `force` libp2p would hand back a connection that we are about to replace.
    await this.#host.dial(multiaddr(address), { signal: target.signal, force: true });
  }

  async relisten(before: readonly string[], after: readonly string[]): Promise<PreparedReload> {
    const added = after.filter((address) => !before.includes(address));
    const removed = before.filter((address) => !after.includes(address));
    return this.#sockets.exchange(this.#host, added, removed);
  }

  async stop(): Promise<void> {
    await this.#host.stop();
  }

  /** Some bound addresses are enough (P2P-02). @throws GatewayError GATEWAY_LISTEN_FAILED when there is none. */
  async #onListenFailures(): Promise<void> {
    const { failures } = this.#sockets;
    const text = listenFailureText(failures);
    if (failures.size < this.#options.listenAddresses.length) {
      this.#options.log.warn('some addresses cannot be listened on', { addresses: text });
      return;
    }
    await this.#host.stop();
    const addresses = [...failures.keys()].join(', ');
    const portInUse = [...failures.values()].includes(PORT_IN_USE);
    throw new GatewayError(`cannot listen on ${text}`, {
      code: 'GATEWAY_LISTEN_FAILED',
      addresses,
      portInUse,
    });
  }

  #handle(protocol: ProtocolName): Promise<void> {
    const most = STREAMS_PER_PROTOCOL_MAX;
    return this.#host.handle(
      [...PROTOCOL_IDS[protocol]],
      (stream, connection) => this.#onStream(protocol, stream, connection),
      { maxInboundStreams: most, maxOutboundStreams: most },
    );
  }

  #onStream(protocol: ProtocolName, stream: Stream, connection: Connection): void {
    const known = this.#connections.get(connection.id);
    if (known === undefined) stream.abort(new Error('connection is closed'));
    else this.#listener.current?.onStream(known, protocol, new Libp2pStream(stream));
  }

  #onOpen(connection: Connection): void {
    const opened = new Libp2pConnection(connection);
    this.#connections.set(connection.id, opened);
    this.#listener.current?.onConnection(opened);
  }

  /**
   * The data that libp2p keeps of a peer (addresses, protocols) goes with its last connection: strangers cost nothing.
   */
  #onClose(connection: Connection): void {
    this.#connections.delete(connection.id);
    if (this.#host.getConnections(connection.remotePeer).some(({ id }) => id !== connection.id)) return;
    void this.#host.peerStore.delete(connection.remotePeer).catch(() => {});
  }
}

const PROTOCOLS = ['consensus', 'sync', 'transaction', 'exchange'] as const satisfies readonly ProtocolName[];
