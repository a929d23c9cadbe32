import type { PeerBookEntry } from '../core/peer-book.ts';
import type { TrafficClass } from '../core/traffic-class.ts';
import { PeerFrames } from '../frames/peer-frames.ts';
import type { ByteStream, PeerConnection } from '../ports/peer-network.ts';
import { PeerSession } from './peer-session.ts';
import type { PeerSurroundings } from './peer-surroundings.ts';
import { type PeerView, sessionFacts } from './peer-view.ts';
import { type ChainView, memberLabel } from './rules/chain-view.ts';
import { shortKey } from './rules/short-key.ts';

/** One peer: its session and its frames. */
export class Peer {
  readonly key: string;
  readonly peerId: string;
  readonly #around: PeerSurroundings;
  readonly #frames: PeerFrames;
  readonly #session: PeerSession;

  constructor(entry: PeerBookEntry, peerId: string, around: PeerSurroundings) {
    this.key = entry.key;
    this.peerId = peerId;
    this.#around = around;
    const log = around.log.child({ peer_id: peerId, peer_key: shortKey(entry.key) });
    this.#frames = new PeerFrames({
      peer: this.key,
      events: around.events,
      log,
      complain: (cause) => around.complain(this.key, cause),
      onUnsent: (frames) => this.#onUnsent(frames),
      onRoom: (trafficClass) => this.#session.links.resume(trafficClass),
    });
    this.#session = new PeerSession({
      entry,
      peerId,
      around,
      log,
      frames: this.#frames,
      chain: () => this.#memberChain(),
    });
  }

  /** The connection in use. */
  get connection(): PeerConnection | undefined {
    return this.#session.links.connection;
  }

  /** Whether it has a part in the chain; false while the chain is unknown. */
  get isMember(): boolean {
    return this.#memberChain() !== undefined;
  }

  view(): PeerView {
    const standing = this.#session.links.pulse.standing.at(performance.now());
    const { sentBytes, queue } = this.#frames.outbox;
    return {
      ...standing,
      ...sessionFacts(this.#session),
      key: this.key,
      peerId: this.peerId,
      isDelinquent: standing.silentMs > this.#around.delinquentTimeoutMs(),
      member: memberLabel(this.key, this.#memberChain()),
      sentBytes,
      queuedBytes: queue.bytes,
    };
  }

  /** @param patience - Multiplies the wait of the higher key before it dials first. */
  start(patience: number): void {
    this.#session.dialer.start(patience);
  }

  /** Takes other addresses for the next dial; an open connection is not touched. */
  readdress(addresses: readonly string[]): void {
    this.#session.dialer.readdress(addresses);
  }

  /** Something may have made the peer reachable: it is dialled at once. */
  hurry(): void {
    this.#session.dialer.hurry();
  }

  /** Our own network changed: open connections must answer soon. */
  suspect(): void {
    this.#session.links.pulse.suspect();
    this.hurry();
  }

  /** Queues a frame; for a peer that is away it is dropped and counted. */
  send(trafficClass: TrafficClass, payload: Uint8Array): void {
    if (!this.#session.links.isReady) return this.#onUnsent(1);
    this.#frames.outbox.push(trafficClass, payload);
    this.#session.links.pump();
  }

  /** A connection of this peer was opened, by either side. */
  onConnection(connection: PeerConnection): void {
    this.#session.onConnection(connection);
  }

  onStream(connection: PeerConnection, trafficClass: TrafficClass, stream: ByteStream): void {
    if (this.#around.chain() === undefined || this.#memberChain() !== undefined) {
      return this.#session.links.accept(connection, trafficClass, stream);
    }
    this.#around.complain(this.key, 'peer is not a member, its streams are refused');
    stream.reset('not a member');
  }

  /** The peer broke a rule of a protocol that has no frames. */
  onFault(connection: PeerConnection, fault: string): void {
    this.#session.links.fault(connection, fault);
  }

  /** The chain became known. */
  onChain(): void {
    this.#session.links.onChain();
  }

  /** Reads a class again after consensus made room. */
  resume(trafficClass: TrafficClass): void {
    this.#frames.resume(trafficClass);
  }

  /** Reads nothing of this peer for a while; its waiting frames are forgotten. */
  mute(durationMs: number): void {
    this.#frames.mute(durationMs);
  }

  /** Cuts the connection and dials again: the peer must be met anew. */
  reconnect(reason: string): void {
    this.#session.links.cut(reason);
  }

  /** Closes the peer's connections and makes no others. */
  async stop(): Promise<void> {
    this.#frames.stop();
    await this.#session.stop();
  }

  #onUnsent(frames: number): void {
    this.#session.links.pulse.standing.unsent(frames);
    this.#around.events.onDropped(frames);
  }

  /** The chain, if this peer has a part in it: no other peer gets a stream. */
  #memberChain(): ChainView | undefined {
    const chain = this.#around.chain();
    return chain?.members.has(this.key) === true ? chain : undefined;
  }
}
