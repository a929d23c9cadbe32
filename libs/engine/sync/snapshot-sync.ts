import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ClockPort, PeerPort } from '../ports/engine-ports.ts';
import type { ChunkResponse, SnapshotResponse } from '../ports/peer-message.ts';
import { RANGE_BLOCKS_MAX } from '../ports/range-limits.ts';
import type { Snapshot, SnapshotPort, StagedSnapshot } from '../ports/snapshot-ports.ts';
import { type ChunkFlight, ChunkFlights } from './chunk-flights.ts';
import { CHUNKS_AHEAD_MAX, OFFER_WAIT_MS, SNAPSHOT_STALL_MS } from './snapshot-limits.ts';
import { chunkFault, offerFault, SnapshotOffer } from './snapshot-offer.ts';
import { BEAT_MS, REQUESTS_PER_PEER_MAX } from './sync-limits.ts';
import { SyncPeers } from './sync-peers.ts';

export interface SnapshotSyncOptions {
  readonly snapshots: SnapshotPort;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly me: MemberIndex | undefined;
  /** Names a request; never the same twice. */
  readonly newId: () => bigint;
  /** Whether this member understands all parts of the snapshot. */
  readonly mayTake: (snapshot: Snapshot) => boolean;
  readonly onLie: (peer: MemberIndex, fault: string) => void;
  /** The tip is that of the snapshot now. */
  readonly onTaken: (taken: StagedSnapshot) => void;
  /** Called when nobody has given any part of it for long. */
  readonly onGivenUp: () => void;
  readonly onBroken: (error: unknown) => void;
}

/** Chunks that are held, of all. */
export interface SnapshotProgress {
  readonly chunks: number;
  readonly chunksTotal: number;
  /** Estimate, milliseconds; undefined before the first chunks came. */
  readonly remainingMs: number | undefined;
}

/**
 * Takes the state as of a decision that is proved, chunk by chunk from several peers, instead of all blocks up
 * to it (A5-11). Each chunk is verified against the decided state root as it comes, and kept: after a crash
 * only the rest is fetched. No claim of a peer is believed; a peer that lies is left out.
 */
export class SnapshotSync {
  readonly #options: SnapshotSyncOptions;
  readonly #peers = new SyncPeers();
  readonly #flights = new ChunkFlights();
  #target: QuorumCertificate | undefined;
  #offer: SnapshotOffer | undefined;
  /** Chunks of the staged snapshot that are not held. */
  #missing: Set<number> | undefined;
  /** Chunks that came, and wait to be verified or written. */
  readonly #arrived = new Set<number>();
  /** Peers that had none to offer when they were asked last, or keep us waiting. */
  readonly #refusing = new Set<MemberIndex>();
  #waiting: (() => void)[] = [];
  #cancelWork: (() => void) | undefined;
  #cancelBeat: (() => void) | undefined;
  #nowMs = 0;
  #progressMs = 0;
  /** Chunks missing when they began to be fetched, and when that was. */
  #began: { readonly open: number; readonly atMs: number } | undefined;

  constructor(options: SnapshotSyncOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#target !== undefined;
  }

  progress(): SnapshotProgress | undefined {
    if (this.#target === undefined) return undefined;
    const staged = this.#options.snapshots.staged();
    const chunksTotal = (staged ?? this.#offer?.snapshot)?.outline.roots.length ?? 0;
    const open = this.#missing?.size ?? chunksTotal - (this.#offer?.chunks.size ?? 0);
    const came = (this.#began?.open ?? open) - open;
    const tookMs = this.#nowMs - (this.#began?.atMs ?? this.#nowMs);
    const remainingMs = came > 0 ? (tookMs / came) * open : undefined;
    return { chunks: chunksTotal - open, chunksTotal, remainingMs };
  }

  /**
   * Takes the state as of this decision, whose certificate was verified, or goes on with the snapshot that is
   * staged.
   */
  start(target: QuorumCertificate): void {
    const { snapshots } = this.#options;
    const staged = snapshots.staged();
    this.#target = staged?.certificate ?? target;
    if (staged !== undefined) this.#beginChunks();
    this.#progressMs = this.#nowMs;
    this.#beat();
  }

  receiveOutline({ requestId, snapshot }: SnapshotResponse, from: MemberIndex): void {
    const flight = this.#flights.answered(requestId, from);
    if (flight?.part !== 'outline' || this.#target === undefined) return;
    if (snapshot === undefined) return this.#failed(flight, 'empty');
    const fault = offerFault(snapshot, this.#target.digest);
    if (fault !== undefined) return this.#lied(flight, fault);
    if (!this.#options.mayTake(snapshot)) return this.#failed(flight, 'empty');
    this.#delivered(flight);
    this.#refusing.delete(from);
    if (this.#missing === undefined) this.#offer ??= new SnapshotOffer(snapshot, from);
    this.#fill();
    // Staging writes to the disk: an error there is no fault of the message.
    this.#soon(() => {
      this.#proved();
      this.#fill();
    });
  }

  /** A chunk costs some milliseconds to verify and to write: one for each turn of the event loop. */
  receiveChunk({ requestId, hashes }: ChunkResponse, from: MemberIndex): void {
    const flight = this.#flights.answered(requestId, from);
    if (flight === undefined || flight.part === 'outline') return;
    const { part } = flight;
    if (hashes === undefined) {
      // A peer that offers a state holds all of it.
      const isOwnOffer = this.#missing === undefined && this.#offer?.peer === from;
      return isOwnOffer ? this.#lied(flight, 'snapshot without its chunks') : this.#failed(flight, 'empty');
    }
    this.#arrived.add(part);
    this.#soon(() => {
      this.#arrived.delete(part);
      this.#take(flight, part, hashes);
    });
  }

  stop(): void {
    this.#target = undefined;
    this.#missing = undefined;
    this.#offer = undefined;
    this.#waiting = [];
    this.#arrived.clear();
    this.#refusing.clear();
    this.#cancelWork?.();
    this.#cancelWork = undefined;
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    for (const { peer } of this.#flights.clear()) this.#peers.settled(peer);
  }

  #take(flight: ChunkFlight, number: number, hashes: Uint8Array): void {
    const { snapshots } = this.#options;
    const outline = (this.#missing ? snapshots.staged() : this.#offer?.snapshot)?.outline;
    const isToProve = this.#missing === undefined;
    // Until the offer is proved, only chunks of the peer that made it count.
    if (outline === undefined || (isToProve && flight.peer !== this.#offer?.peer))
      return this.#peers.settled(flight.peer);
    const fault = chunkFault(hashes, number, outline);
    if (fault !== undefined) return this.#lied(flight, fault);
    this.#delivered(flight);
    if (isToProve) {
      this.#offer?.add(number, hashes);
      this.#proved();
    } else if (this.#missing?.has(number)) this.#keep(number, hashes);
    this.#fill();
  }

  /** Once its chunks prove the offer, all peers are asked for chunks of it. */
  #proved(): void {
    const { snapshots } = this.#options;
    const offer = this.#offer;
    if (offer === undefined || this.#target === undefined || offer.open.length > 0) return;
    snapshots.stage({ ...offer.snapshot, certificate: this.#target });
    this.#beginChunks();
    this.#offer = undefined;
    for (const [number, hashes] of offer.chunks) {
      this.#arrived.add(number);
      this.#soon(() => {
        this.#arrived.delete(number);
        if (this.#missing?.has(number)) this.#keep(number, hashes);
      });
    }
  }

  #beginChunks(): void {
    this.#missing = new Set(this.#options.snapshots.missingChunks());
    this.#began = { open: this.#missing.size, atMs: this.#nowMs };
    if (this.#missing.size === 0) this.#soon(() => this.#install());
  }

  #keep(number: number, hashes: Uint8Array): void {
    this.#options.snapshots.putChunk(number, hashes);
    this.#missing?.delete(number);
    if (this.#missing?.size === 0) this.#soon(() => this.#install());
  }

  #install(): void {
    const taken = this.#options.snapshots.staged();
    if (this.#missing?.size !== 0 || taken === undefined) return;
    this.#options.snapshots.install();
    this.stop();
    this.#options.onTaken(taken);
  }

  #delivered({ peer, askedMs }: ChunkFlight): void {
    this.#progressMs = this.#nowMs;
    const tookMs = this.#nowMs - askedMs;
    this.#peers.delivered(peer, { askedBlocks: RANGE_BLOCKS_MAX, blocks: RANGE_BLOCKS_MAX, tookMs });
  }

  #failed({ peer, part }: ChunkFlight, cause: 'silent' | 'empty'): void {
    this.#peers.failed(peer, this.#nowMs, cause);
    if (part === 'outline') this.#refusing.add(peer);
    if (this.#offer?.peer === peer) this.#offer = undefined;
    this.#fill();
  }

  #lied({ peer }: ChunkFlight, fault: string): void {
    this.#peers.settled(peer);
    this.#peers.lied(peer, this.#nowMs);
    if (this.#offer?.peer === peer) this.#offer = undefined;
    this.#options.onLie(peer, fault);
    this.#fill();
  }

  #beat(): void {
    this.#nowMs += BEAT_MS;
    this.#cancelBeat = this.#options.clock.after(BEAT_MS, () => this.#beat());
    for (const flight of this.#flights.expire(this.#nowMs)) this.#failed(flight, 'silent');
    for (const { peer, part } of this.#flights.late(this.#nowMs)) {
      this.#peers.late(peer);
      if (part === 'outline') this.#refusing.add(peer);
    }
    if (this.#others().length === 0) this.#progressMs = this.#nowMs;
    if (this.#nowMs - this.#progressMs < SNAPSHOT_STALL_MS && !this.#isRefused()) return this.#fill();
    this.stop();
    this.#options.onGivenUp();
  }

  /**
   * Most have none: near the end of an epoch no snapshot could be followed, and waiting for one only loses time. Not all
   * are waited for, because liars may stay silent.
   */
  #isRefused(): boolean {
    if (this.#missing !== undefined || this.#nowMs - this.#progressMs < OFFER_WAIT_MS) return false;
    const others = this.#others();
    return 2 * others.filter((peer) => this.#refusing.has(peer)).length > others.length;
  }

  #others(): readonly MemberIndex[] {
    const { me, peers } = this.#options;
    return peers.connected().filter((peer) => peer !== me);
  }

  #fill(): void {
    if (this.#target === undefined) return;
    const asked = (part: ChunkFlight['part']) =>
      (part !== 'outline' && this.#arrived.has(part)) || this.#flights.isAsked(part, this.#nowMs);
    if (this.#missing !== undefined) this.#askFor(this.#missing, asked);
    else if (this.#offer !== undefined) {
      const { open, peer } = this.#offer;
      const ahead = open.slice(0, REQUESTS_PER_PEER_MAX).filter((number) => !asked(number));
      for (const number of ahead) this.#ask([peer], number);
    } else if (!asked('outline')) this.#ask(this.#others(), 'outline');
  }

  #askFor(missing: Iterable<number>, isAsked: (number: number) => boolean): void {
    for (const number of missing) {
      if (this.#flights.size + this.#waiting.length >= CHUNKS_AHEAD_MAX) return;
      if (!isAsked(number) && !this.#ask(this.#others(), number)) return;
    }
  }

  /** @returns false when nobody is free. */
  #ask(among: readonly MemberIndex[], part: ChunkFlight['part']): boolean {
    const peer = this.#peers.choose(among, this.#nowMs);
    if (peer === undefined || this.#target === undefined) return false;
    const requestId = this.#options.newId();
    const { height } = this.#target;
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

  #soon(work: () => void): void {
    this.#waiting.push(work);
    this.#cancelWork ??= this.#options.clock.after(0, () => this.#work());
  }

  #work(): void {
    this.#cancelWork = undefined;
    const work = this.#waiting.shift();
    if (work === undefined) return;
    if (this.#waiting.length > 0) this.#cancelWork = this.#options.clock.after(0, () => this.#work());
    try {
      work();
    } catch (error) {
      this.stop();
      this.#options.onBroken(error);
    }
  }
}
