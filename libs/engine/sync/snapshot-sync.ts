import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import type { ChunkResponse, SnapshotResponse } from '../ports/peer-message.ts';
import type { Snapshot, SnapshotPort, StagedSnapshot } from '../ports/snapshot-ports.ts';
import type { ChunkFlight } from './chunk-flights.ts';
import { askForParts } from './snapshot-asking.ts';
import { SnapshotAssembly } from './snapshot-assembly.ts';
import { offerFault } from './snapshot-offer.ts';
import { SnapshotRequests, type SnapshotRequestsOptions } from './snapshot-requests.ts';
import type { SnapshotProgress } from './staged-chunks.ts';
import { BEAT_MS } from './sync-limits.ts';
import { TurnQueue } from './turn-queue.ts';

export interface SnapshotSyncOptions extends SnapshotRequestsOptions {
  readonly snapshots: SnapshotPort;
  readonly clock: ClockPort;
  /** Whether this member understands all parts of the snapshot. An error ends the catching up: `onBroken` is told it. */
  readonly mayTake: (snapshot: Snapshot) => boolean;
  readonly onLie: (peer: MemberIndex, fault: string) => void;
  /** The tip is that of the snapshot now. */
  readonly onTaken: (taken: StagedSnapshot) => void;
  /** Called when nobody has given any part of it for long. */
  readonly onGivenUp: () => void;
  readonly onBroken: (error: unknown) => void;
}

/**
 * Takes the state as of a decision that is proved, chunk by chunk from several peers, instead of all blocks up
 * to it (A5-11). Each chunk is verified against the decided state root as it comes, and kept: after a crash
 * only the rest is fetched. No claim of a peer is believed; a peer that lies is left out.
 */
export class SnapshotSync {
  readonly #options: SnapshotSyncOptions;
  readonly #requests: SnapshotRequests;
  readonly #turns: TurnQueue;
  readonly #assembly: SnapshotAssembly;
  #cancelBeat: (() => void) | undefined;

  constructor(options: SnapshotSyncOptions) {
    this.#options = options;
    this.#requests = new SnapshotRequests(options);
    this.#turns = new TurnQueue(options.clock, (error) => this.#end(() => options.onBroken(error)));
    this.#assembly = new SnapshotAssembly({
      snapshots: options.snapshots,
      turns: this.#turns,
      nowMs: () => this.#requests.nowMs,
      onInstalled: (taken) => this.#end(() => options.onTaken(taken)),
    });
  }

  get isRunning(): boolean {
    return this.#assembly.target !== undefined;
  }

  progress(): SnapshotProgress | undefined {
    return this.#assembly.progress();
  }

  /** Takes the state as of this decision, whose certificate was verified, or goes on with the staged snapshot. */
  start(target: QuorumCertificate): void {
    this.#assembly.start(target);
    this.#requests.restart();
    this.#beat();
  }

  receiveOutline({ requestId, snapshot }: SnapshotResponse, from: MemberIndex): void {
    const flight = this.#requests.answered(requestId, from);
    const { target } = this.#assembly;
    if (flight?.part !== 'outline' || target === undefined) return;
    if (snapshot === undefined) return this.#failed(flight, 'empty');
    const fault = offerFault(snapshot, target.digest);
    if (fault !== undefined) return this.#lied(flight, fault);
    const mayTake = this.#turns.now(() => this.#options.mayTake(snapshot));
    if (mayTake === undefined) return;
    if (!mayTake) return this.#failed(flight, 'empty');
    this.#requests.delivered(flight);
    this.#assembly.offered(snapshot, from);
    this.#fill();
    // Staging writes to the disk: an error there is no fault of the message.
    this.#turns.add(() => {
      this.#assembly.stageProved();
      this.#fill();
    });
  }

  receiveChunk({ requestId, hashes }: ChunkResponse, from: MemberIndex): void {
    const flight = this.#requests.answered(requestId, from);
    if (flight === undefined || flight.part === 'outline') return;
    const { part } = flight;
    if (hashes !== undefined) return this.#turns.addChunk(part, () => this.#take(flight, part, hashes));
    // A peer that offers a state holds all of it.
    if (this.#assembly.offer?.peer === from) return this.#lied(flight, 'snapshot without its chunks');
    this.#failed(flight, 'empty');
  }

  stop(): void {
    this.#assembly.clear();
    this.#turns.clear();
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    this.#requests.clear();
  }

  #end(tell: () => void): void {
    this.stop();
    tell();
  }

  #take(flight: ChunkFlight, number: number, hashes: Uint8Array): void {
    if (!this.#assembly.wantsOf(flight.peer)) return this.#requests.settled(flight);
    const fault = this.#assembly.chunkFault(number, hashes);
    if (fault !== undefined) return this.#lied(flight, fault);
    this.#requests.delivered(flight);
    this.#assembly.put(number, hashes);
    this.#fill();
  }

  #failed(flight: ChunkFlight, cause: 'silent' | 'empty'): void {
    this.#requests.failed(flight, cause);
    this.#assembly.dropOfferOf(flight.peer);
    this.#fill();
  }

  #lied(flight: ChunkFlight, fault: string): void {
    this.#requests.lied(flight);
    this.#assembly.dropOfferOf(flight.peer);
    this.#options.onLie(flight.peer, fault);
    this.#fill();
  }

  #beat(): void {
    this.#requests.beat();
    this.#cancelBeat = this.#options.clock.after(BEAT_MS, () => this.#beat());
    for (const flight of this.#requests.lost()) this.#failed(flight, 'silent');
    this.#requests.noteLate();
    if (this.#requests.others().length === 0) this.#requests.restart();
    const isSearching = this.#assembly.missing === undefined;
    if (this.#requests.isHopeless(isSearching)) return this.#end(() => this.#options.onGivenUp());
    this.#fill();
  }

  #fill(): void {
    askForParts({ assembly: this.#assembly, requests: this.#requests, turns: this.#turns });
  }
}
