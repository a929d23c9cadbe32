import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { ChainView } from './chain-view.ts';
import { Complaints } from './core/complaints.ts';
import { encodeFrame } from './core/framing.ts';
import type { Delivery, PushResult } from './core/inbox.ts';
import { FRAME_BYTES_MAX, LOGGED_CAUSES_MAX, UNKNOWN_CONNECTIONS_MAX } from './core/limits.ts';
import { comparePeers, knownPeers, type PeerEntry } from './core/peer-book.ts';
import type { TrafficClass } from './core/traffic-class.ts';
import { Peer, type PeerSurroundings } from './peer.ts';
import type { PeerView } from './peer-view.ts';
import type {
  ByteStream,
  GatewayConfiguration,
  NetworkListener,
  PeerConnection,
  PeerNetwork,
  PeerSignals,
} from './ports.ts';

export interface PeerRegistryOptions {
  readonly network: PeerNetwork;
  /** libp2p peer id of a raw public key. */
  readonly peerIdOf: (publicKey: Uint8Array) => string;
  readonly signals: PeerSignals;
  readonly random: () => number;
  /** Wait of the higher key before it dials; 0 makes both sides dial at once. */
  readonly dialHeadStartMs: number;
  readonly log: Logger;
  readonly onFrame: (delivery: Delivery) => PushResult;
  /** Frames can be sent to a peer from now on, or no more. */
  readonly onPeerChange: (key: string, connected: boolean) => void;
}

/** All peers of this gateway and the rules for those that are none. */
export class PeerRegistry implements NetworkListener {
  readonly #options: PeerRegistryOptions;
  readonly #self: string;
  readonly #peers = new Map<string, Peer>();
  readonly #ready = new Set<string>();
  /** Connections of those that are no peers, by id. */
  readonly #guests = new Map<string, PeerConnection>();
  readonly #complaints = new Complaints(LOGGED_CAUSES_MAX);
  #configured: readonly PeerEntry[] = [];
  #known: readonly PeerEntry[] = [];
  #connectionTimeoutMs = 0;
  #chain: ChainView | undefined;
  #dropped = 0;

  constructor(options: PeerRegistryOptions) {
    this.#options = options;
    this.#self = toHex(options.network.publicKey);
  }

  /** Frames dropped because a peer was away or slow, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Peers whose connection is up. */
  get connectedCount(): number {
    return [...this.#peers.values()].filter((peer) => peer.isConnected).length;
  }

  /** Keys of the peers that frames can be sent to. */
  get readyKeys(): readonly string[] {
    return [...this.#ready];
  }

  /** What peers did wrong since the start, by cause. */
  get complaints(): ReadonlyMap<string, number> {
    return this.#complaints.counts;
  }

  views(): readonly PeerView[] {
    return this.#known.flatMap(({ key }) => this.#peers.get(key)?.view() ?? []);
  }

  /** Puts a configuration in force; connections of peers that stay are not touched. */
  async apply({ peers, connectionTimeoutMs }: GatewayConfiguration): Promise<void> {
    this.#connectionTimeoutMs = connectionTimeoutMs;
    this.#configured = peers.map(({ publicKey, addresses }) => ({ key: toHex(publicKey), addresses }));
    await this.#update();
  }

  /** Consensus told its chain. Peers that are met under another chain or another membership are met anew. */
  async setChain(chain: ChainView): Promise<void> {
    const before = this.#chain;
    this.#chain = chain;
    await this.#update();
    for (const peer of this.#peers.values()) {
      if (isSameFor(peer.key, before, chain)) peer.onChain();
      else peer.reconnect('the chain or its members changed');
    }
  }

  /** Sends a frame to some peers, or to all when `to` is empty. Peers that are away count as dropped frames. */
  send(to: readonly string[], trafficClass: TrafficClass, payload: Uint8Array): void {
    if (payload.length > FRAME_BYTES_MAX[trafficClass]) {
      return this.refuseOwnFrame('frame of our own consensus is too large, it is dropped');
    }
    const frame = encodeFrame(payload);
    for (const key of to.length === 0 ? this.#ready : to) {
      if (this.#peers.get(key)?.send(trafficClass, frame) !== true) this.#dropped += 1;
    }
  }

  /** Counts and logs what our own consensus asked for and must not. */
  refuseOwnFrame(cause: string): void {
    this.#dropped += 1;
    this.#complain(this.#self, cause);
  }

  /** Consensus wants nothing of a peer for a while. */
  mute(key: string, durationMs: number): void {
    this.#complain(key, 'peer is not read for a while, as consensus asks');
    this.#peers.get(key)?.mute(durationMs);
  }

  /** Consensus made room for more from a peer. */
  resume(key: string, trafficClass: TrafficClass): void {
    this.#peers.get(key)?.resume(trafficClass);
  }

  mayConnect(key: string): boolean {
    return this.#peers.has(key) || this.#guests.size < UNKNOWN_CONNECTIONS_MAX;
  }

  onConnection(connection: PeerConnection): void {
    const peer = this.#peers.get(connection.peer);
    if (peer !== undefined) return peer.onConnection(connection);
    this.#guests.set(connection.id, connection);
    connection.onClosed(() => this.#guests.delete(connection.id));
    if (!this.#complaints.note('unconfigured', connection.peer)) return;
    const { peerId, address } = connection;
    this.#options.log.info('NetworkManager: Received connection from unconfigured peer', {
      peer_id: peerId,
      address,
    });
  }

  onStream(connection: PeerConnection, trafficClass: TrafficClass, stream: ByteStream): void {
    const peer = this.#peers.get(connection.peer);
    if (peer === undefined) stream.reset('peer is not configured');
    else peer.onStream(connection, trafficClass, stream);
  }

  /** Closes all connections, and says what peers did wrong since the start. */
  async stop(): Promise<void> {
    for (const [cause, count] of this.complaints) {
      this.#options.log.info('complaints since the start', { cause, count });
    }
    await Promise.all([...this.#peers.values()].map((peer) => peer.stop()));
  }

  async #update(): Promise<void> {
    const before = this.#known;
    this.#known = knownPeers(this.#configured, this.#chain?.members ?? new Set(), this.#self);
    const { added, removed, readdressed } = comparePeers(before, this.#known);
    const leaving = removed.flatMap((key) => this.#peers.get(key) ?? []);
    for (const key of removed) this.#peers.delete(key);
    for (const { key, addresses } of readdressed) this.#peers.get(key)?.readdress(addresses);
    for (const entry of added) this.#add(entry);
    await Promise.all(leaving.map((peer) => peer.stop()));
  }

  #add(entry: PeerEntry): void {
    const peerId = this.#options.peerIdOf(Buffer.from(entry.key, 'hex'));
    const peer = new Peer(entry, peerId, this.#surroundings());
    this.#peers.set(entry.key, peer);
    this.#dismissGuest(entry.key);
    peer.start();
  }

  /**
   * A guest that became a peer is met anew. The other side may hold its connection for good and would close each
   * newer one (P2P-12), while on this one its streams were refused and are opened again only after long pauses.
   */
  #dismissGuest(key: string): void {
    for (const guest of [...this.#guests.values()]) {
      if (guest.peer === key) guest.abort('met anew: it is a peer now');
    }
  }

  #surroundings(): PeerSurroundings {
    const { network, random, dialHeadStartMs, log, onFrame, signals } = this.#options;
    return {
      network,
      random,
      dialHeadStartMs,
      log,
      self: this.#self,
      chain: () => this.#chain,
      connectionTimeoutMs: () => this.#connectionTimeoutMs,
      complain: (peer, cause) => this.#complain(peer, cause),
      onFrame: (peer, trafficClass, payload) => onFrame({ peer, trafficClass, payload }),
      onReady: (peer, ready) => this.#onReady(peer.key, ready),
      onConnected: ({ key, peerId }) => signals.connected({ publicKey: Buffer.from(key, 'hex'), peerId }),
      onDisconnected: ({ key, peerId }, reason) =>
        signals.disconnected({ publicKey: Buffer.from(key, 'hex'), peerId, reason }),
      onDropped: (frames) => {
        this.#dropped += frames;
      },
    };
  }

  #onReady(key: string, ready: boolean): void {
    if (this.#ready.has(key) === ready) return;
    if (ready) this.#ready.add(key);
    else this.#ready.delete(key);
    this.#options.onPeerChange(key, ready);
  }

  #complain(key: string, cause: string): void {
    if (this.#complaints.note(cause, key)) {
      this.#options.log.warn(cause, { peer_key: Buffer.from(key, 'hex').toString('base64').slice(0, 20) });
    }
  }
}

/** Whether a peer that was met under `before` may go on under `after`. */
function isSameFor(key: string, before: ChainView | undefined, after: ChainView): boolean {
  if (before === undefined) return true;
  return equalBytes(before.tag, after.tag) && before.members.has(key) === after.members.has(key);
}
