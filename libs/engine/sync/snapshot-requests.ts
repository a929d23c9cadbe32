import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { PeerPort } from '../ports/engine-ports.ts';
import { RANGE_BLOCKS_MAX } from '../ports/range-limits.ts';
import { type ChunkFlight, ChunkFlights } from './chunk-flights.ts';
import { OFFER_WAIT_MS, SNAPSHOT_STALL_MS } from './snapshot-limits.ts';
import { BEAT_MS } from './sync-limits.ts';
import { SyncPeers } from './sync-peers.ts';

export interface SnapshotRequestsOptions {
  readonly peers: PeerPort;
  readonly me: MemberIndex | undefined;
  /** Names a request; never the same twice. */
  readonly newId: () => bigint;
}

/** Requests for the parts of a snapshot, what came of those to each peer, and the time since the last delivery. */
export class SnapshotRequests {
  readonly #options: SnapshotRequestsOptions;
  readonly #peers = new SyncPeers();
  readonly #flights = new ChunkFlights();
  /** Peers that had no snapshot to offer when they were asked last, or keep us waiting. */
  readonly #refusing = new Set<MemberIndex>();
  #nowMs = 0;
  #progressMs = 0;

  constructor(options: SnapshotRequestsOptions) {
    this.#options = options;
  }

  /** Time since the first beat, milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Requests on the way. */
  get size(): number {
    return this.#flights.size;
  }

  others(): readonly MemberIndex[] {
    const { me, peers } = this.#options;
    return peers.connected().filter((peer) => peer !== me);
  }

  /** @returns false when nobody is free. */
  ask(among: readonly MemberIndex[], part: ChunkFlight['part'], height: Height): boolean {
    const peer = this.#peers.choose(among, this.#nowMs);
    if (peer === undefined) return false;
    const requestId = this.#options.newId();
    this.#peers.asked(peer, this.#nowMs);
    this.#flights.ask({ id: requestId, peer, part, askedMs: this.#nowMs });
    this.#options.peers.send(
      peer,
      part === 'outline'
        ? { kind: 'snapshot-request', requestId, height }
        : { kind: 'chunk-request', requestId, height, number: part },
    );
    return true;
  }

  /** Whether a peer that still has time was asked for this part. */
  isAsked(part: ChunkFlight['part']): boolean {
    return this.#flights.isAsked(part, this.#nowMs);
  }

  /** Takes out the request that an answer belongs to. */
  answered(id: bigint, from: MemberIndex): ChunkFlight | undefined {
    return this.#flights.answered(id, from);
  }

  delivered({ peer, part, askedMs }: ChunkFlight): void {
    this.#progressMs = this.#nowMs;
    if (part === 'outline') this.#refusing.delete(peer);
    const tookMs = this.#nowMs - askedMs;
    this.#peers.delivered(peer, { askedBlocks: RANGE_BLOCKS_MAX, blocks: RANGE_BLOCKS_MAX, tookMs });
  }

  failed({ peer, part }: ChunkFlight, cause: 'silent' | 'empty'): void {
    this.#peers.failed(peer, this.#nowMs, cause);
    if (part === 'outline') this.#refusing.add(peer);
  }

  lied({ peer }: ChunkFlight): void {
    this.#peers.settled(peer);
    this.#peers.lied(peer, this.#nowMs);
  }

  /** The answer came too late to help, and tells nothing of its peer. */
  settled({ peer }: ChunkFlight): void {
    this.#peers.settled(peer);
  }

  /** Time goes on. */
  beat(): void {
    this.#nowMs += BEAT_MS;
  }

  /** Takes out the requests that are lost. */
  lost(): readonly ChunkFlight[] {
    return this.#flights.expire(this.#nowMs);
  }

  /** Peers that keep us waiting are asked for nothing else meanwhile. */
  noteLate(): void {
    for (const { peer, part } of this.#flights.late(this.#nowMs)) {
      this.#peers.late(peer);
      if (part === 'outline') this.#refusing.add(peer);
    }
  }

  /** Whether nobody has given any part for long, or, while an offer is searched, most have none. */
  isHopeless(isSearching: boolean): boolean {
    const idleMs = this.#nowMs - this.#progressMs;
    if (idleMs >= SNAPSHOT_STALL_MS) return true;
    return isSearching && idleMs >= OFFER_WAIT_MS && this.#isRefusedByMost();
  }

  /** The time without a delivery begins anew. */
  restart(): void {
    this.#progressMs = this.#nowMs;
  }

  /** Forgets all requests. */
  clear(): void {
    this.#refusing.clear();
    for (const { peer } of this.#flights.clear()) this.#peers.settled(peer);
  }

  /**
   * Most have no snapshot to offer: near the end of an epoch none could be followed, and waiting for one only loses time.
   * Not all are waited for, because liars may stay silent.
   */
  #isRefusedByMost(): boolean {
    const others = this.others();
    return 2 * others.filter((peer) => this.#refusing.has(peer)).length > others.length;
  }
}
