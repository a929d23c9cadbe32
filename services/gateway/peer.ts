import type { Logger } from '#libs/log/logger.ts';
import type { ChainView } from './chain-view.ts';
import type { PushResult } from './core/inbox.ts';
import {
  FLOOD_REST_MS,
  MUTE_MS_MAX,
  PEER_BURST_FRAMES,
  PEER_FRAMES_PER_SECOND,
  SEND_QUEUE_BOUND,
} from './core/limits.ts';
import type { PeerEntry } from './core/peer-book.ts';
import { nextPeerState, type PeerEvent, type PeerState } from './core/peer-state.ts';
import { SendQueue } from './core/send-queue.ts';
import { TokenBucket } from './core/token-bucket.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from './core/traffic-class.ts';
import { Dialer } from './dialer.ts';
import { PeerLinks } from './peer-links.ts';
import type { PeerView } from './peer-view.ts';
import type { ByteStream, PeerConnection, PeerNetwork } from './ports.ts';

/** What one peer needs from, and tells to, the gateway around it. */
export interface PeerSurroundings {
  readonly network: PeerNetwork;
  /** Our own raw public key as lower-case hex. */
  readonly self: string;
  readonly chain: () => ChainView | undefined;
  readonly connectionTimeoutMs: () => number;
  readonly dialHeadStartMs: number;
  readonly random: () => number;
  readonly log: Logger;
  /** Logs once per cause and peer. */
  readonly complain: (peer: string, cause: string) => void;
  readonly onFrame: (peer: string, trafficClass: TrafficClass, payload: Uint8Array) => PushResult;
  readonly onReady: (peer: Peer, ready: boolean) => void;
  readonly onConnected: (peer: Peer) => void;
  readonly onDisconnected: (peer: Peer, reason: string) => void;
  readonly onDropped: (frames: number) => void;
}

/** One peer: where its connection stands, when it is dialled, what waits for it. */
export class Peer {
  readonly key: string;
  readonly peerId: string;
  readonly #around: PeerSurroundings;
  readonly #log: Logger;
  readonly #dialer: Dialer;
  readonly #queue = new SendQueue(SEND_QUEUE_BOUND);
  readonly #links: PeerLinks;
  #state: PeerState = 'idle';
  #lastError = '';
  #isSlow = false;
  readonly #frames = new TokenBucket({
    perSecond: PEER_FRAMES_PER_SECOND,
    burst: PEER_BURST_FRAMES,
    nowMs: performance.now(),
  });
  /** Its streams rest until this fires. */
  #rest: NodeJS.Timeout | undefined;
  /** What it sends meanwhile is not wanted either. */
  #isMuted = false;
  #stopped = false;

  constructor(entry: PeerEntry, peerId: string, around: PeerSurroundings) {
    this.key = entry.key;
    this.peerId = peerId;
    this.#around = around;
    this.#log = around.log.child({ peer_id: peerId, peer_key: shortKey(entry.key) });
    this.#dialer = this.#makeDialer(entry);
    this.#links = this.#makeLinks();
  }

  get isConnected(): boolean {
    return this.#links.isConnected;
  }

  view(): PeerView {
    return {
      key: this.key,
      peerId: this.peerId,
      addresses: this.#dialer.addresses,
      state: this.#state,
      failures: this.#dialer.failures,
      lastError: this.#lastError,
      roundTripUs: this.#links.roundTripUs,
    };
  }

  start(): void {
    this.#dialer.start();
  }

  /** Takes other addresses for the next dial; a connection that stands is not touched. */
  readdress(addresses: readonly string[]): void {
    this.#dialer.readdress(addresses);
  }

  /** Queues an encoded frame; false when the peer is away. */
  send(trafficClass: TrafficClass, frame: Uint8Array): boolean {
    if (!this.#links.isReady) return false;
    const dropped = this.#queue.push(trafficClass, frame);
    if (dropped > 0) this.#onSlow(dropped);
    this.#links.pump();
    return true;
  }

  /** A connection of this peer was opened, by either side. */
  onConnection(connection: PeerConnection): void {
    if (this.#stopped) connection.abort('peer is not configured any more');
    else this.#links.add(connection);
  }

  onStream(connection: PeerConnection, trafficClass: TrafficClass, stream: ByteStream): void {
    if (this.#around.chain() === undefined || this.#memberChain() !== undefined) {
      return this.#links.accept(connection, trafficClass, stream);
    }
    this.#around.complain(this.key, 'peer is not a member, its streams are refused');
    stream.reset('not a member');
  }

  /** The chain became known. */
  onChain(): void {
    this.#links.onChain();
  }

  /** Reads a class again after consensus made room. */
  resume(trafficClass: TrafficClass): void {
    if (this.#rest === undefined) this.#links.resume(trafficClass);
  }

  /** Reads nothing of this peer for a while: each of its streams rests from its next frame on, which is dropped. */
  mute(durationMs: number): void {
    this.#isMuted = true;
    this.#restFor(Math.min(durationMs, MUTE_MS_MAX));
  }

  /** Cuts the connection and dials again: the peer must be met anew. */
  reconnect(reason: string): void {
    this.#links.cut(reason);
  }

  /** Closes its connections for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#rest);
    this.#dialer.stop();
    this.#enter('close');
    await this.#links.close();
    this.#enter('closed');
  }

  #makeDialer(entry: PeerEntry): Dialer {
    const { self, network, random, dialHeadStartMs, connectionTimeoutMs } = this.#around;
    return new Dialer({
      addresses: entry.addresses,
      peerId: this.peerId,
      isLower: self < entry.key,
      headStartMs: dialHeadStartMs,
      network,
      timeoutMs: connectionTimeoutMs,
      random,
      nowMs: () => performance.now(),
      log: this.#log,
      onDial: () => this.#enter('dial'),
      onFailed: (reason) => {
        this.#lastError = reason;
        this.#enter('dial-failed');
      },
    });
  }

  #makeLinks(): PeerLinks {
    const { self, random, connectionTimeoutMs, complain } = this.#around;
    return new PeerLinks({
      peer: this.key,
      self,
      queue: this.#queue,
      chain: () => this.#memberChain(),
      connectionTimeoutMs,
      random,
      log: this.#log,
      complain: (cause) => complain(this.key, cause),
      onFrame: (trafficClass, payload) => this.#onFrame(trafficClass, payload),
      onSent: () => this.#onSent(),
      onUse: (direction, isFirst) => this.#onUse(direction, isFirst),
      onReadiness: () => this.#onReadiness(),
      onOffence: () => this.#dialer.holdOff(),
      onLost: (reason) => this.#onLost(reason),
    });
  }

  /** The chain, if this peer has a part in it: nobody else gets a stream. */
  #memberChain(): ChainView | undefined {
    const chain = this.#around.chain();
    return chain?.members.has(this.key) === true ? chain : undefined;
  }

  #onUse(direction: PeerConnection['direction'], isFirst: boolean): void {
    this.#dialer.onConnected(direction);
    this.#enter('opened');
    this.#log.info('NetworkManager: Successfully established connection with peer');
    if (isFirst) this.#around.onConnected(this);
  }

  #onReadiness(): void {
    const ready = this.#links.isReady;
    this.#around.onReady(this, ready);
    if (ready) {
      this.#dialer.onSuccess();
      this.#lastError = '';
      return;
    }
    const dropped = this.#queue.clear();
    if (dropped > 0) this.#around.onDropped(dropped);
  }

  #onLost(reason: string): void {
    this.#around.onDisconnected(this, reason);
    if (this.#stopped) return;
    this.#lastError = reason;
    this.#enter('lost');
    this.#log.warn('PeerHandler: Connection to peer lost, attempting reconnection', { reason });
    this.#dialer.onLost();
  }

  /** Said once, until everything that waits has left. */
  #onSlow(dropped: number): void {
    this.#around.onDropped(dropped);
    if (this.#isSlow) return;
    this.#isSlow = true;
    this.#log.warn('peer is slow, the oldest frames for it are dropped');
  }

  #onSent(): void {
    if (this.#isSlow) this.#isSlow = !this.#queue.isEmptyOfAll;
  }

  #onFrame(trafficClass: TrafficClass, payload: Uint8Array): PushResult {
    if (this.#isMuted) return 'full';
    const result = this.#around.onFrame(this.key, trafficClass, payload);
    // One read may bring hundreds of frames: all of them are taken, and waited for afterwards.
    if (this.#frames.charge(1, performance.now()) === 0) return result;
    if (this.#rest !== undefined) return 'full';
    this.#around.complain(this.key, 'peer sends too many frames, it is slowed down');
    this.#restFor(FLOOD_REST_MS);
    return 'full';
  }

  #restFor(durationMs: number): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#isMuted = false;
      const owedMs = this.#frames.charge(0, performance.now());
      if (owedMs > 0) return this.#restFor(owedMs);
      for (const trafficClass of TRAFFIC_CLASSES) this.#links.resume(trafficClass);
    }, durationMs);
  }

  #enter(event: PeerEvent): void {
    const next = nextPeerState(this.#state, event);
    if (next === undefined) return;
    this.#log.info('NetworkManager: Peer state changed', { old_state: this.#state, new_state: next });
    this.#state = next;
  }
}

/** First 20 characters of the key as peers.yaml has it: what log lines have always shown (requirements 5.1). */
function shortKey(key: string): string {
  return Buffer.from(key, 'hex').toString('base64').slice(0, 20);
}
