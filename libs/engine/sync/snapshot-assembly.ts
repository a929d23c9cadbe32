import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Snapshot, SnapshotPort, StagedSnapshot } from '../ports/snapshot-ports.ts';
import { chunkFault, SnapshotOffer } from './snapshot-offer.ts';
import { type SnapshotProgress, StagedChunks } from './staged-chunks.ts';
import type { TurnQueue } from './turn-queue.ts';

export interface AssemblyOptions {
  readonly snapshots: SnapshotPort;
  readonly turns: TurnQueue;
  /** Milliseconds, for the estimate of the time that is left. */
  readonly nowMs: () => number;
  /** All is held and installed: the tip is that of the snapshot now. */
  readonly onInstalled: (taken: StagedSnapshot) => void;
}

/**
 * The snapshot as it is put together: first an offer, whose peer has to prove it, then the staged snapshot and the chunks
 * of it that are held. Every part that comes here was verified, or is asked about before.
 */
export class SnapshotAssembly {
  readonly #options: AssemblyOptions;
  readonly #chunks: StagedChunks;
  #target: QuorumCertificate | undefined;
  #offer: SnapshotOffer | undefined;

  constructor(options: AssemblyOptions) {
    this.#options = options;
    this.#chunks = new StagedChunks(options.snapshots, () => options.turns.add(() => this.#install()));
  }

  /** The certificate of the decision whose state is taken; undefined when none is. */
  get target(): QuorumCertificate | undefined {
    return this.#target;
  }

  /** The offer that is being proved. */
  get offer(): SnapshotOffer | undefined {
    return this.#offer;
  }

  /** Numbers of the chunks that are not held; undefined as long as no snapshot is staged. */
  get missing(): ReadonlySet<number> | undefined {
    return this.#chunks.missing;
  }

  progress(): SnapshotProgress | undefined {
    return this.#target && this.#chunks.progress(this.#options.nowMs(), this.#offer);
  }

  /** Begins with this decision, or goes on with the snapshot that is staged. */
  start(target: QuorumCertificate): void {
    const staged = this.#options.snapshots.staged();
    this.#target = staged?.certificate ?? target;
    if (staged !== undefined) this.#chunks.begin(this.#options.nowMs());
  }

  /** Takes the first offer; others wait until that one has failed. */
  offered(snapshot: Snapshot, peer: MemberIndex): void {
    if (this.missing === undefined) this.#offer ??= new SnapshotOffer(snapshot, peer);
  }

  /** The peer failed or lied: its offer counts no more. */
  dropOfferOf(peer: MemberIndex): void {
    if (this.#offer?.peer === peer) this.#offer = undefined;
  }

  /** Whether a chunk of this peer helps: until the offer is proved, only those of the peer that made it count. */
  wantsOf(peer: MemberIndex): boolean {
    if (this.missing === undefined) return this.#offer?.peer === peer;
    return this.#options.snapshots.staged() !== undefined;
  }

  /** The fault of a chunk that is wanted, or undefined. */
  chunkFault(number: number, hashes: Uint8Array): string | undefined {
    const taken = this.missing === undefined ? this.#offer?.snapshot : this.#options.snapshots.staged();
    return taken && chunkFault(hashes, number, taken.outline);
  }

  /** Takes a chunk without a fault. */
  put(number: number, hashes: Uint8Array): void {
    if (this.missing !== undefined) return this.#chunks.keep(number, hashes);
    this.#offer?.add(number, hashes);
    this.stageProved();
  }

  /** Stages the offer once its chunks prove it. Writes to the disk. */
  stageProved(): void {
    const { snapshots, turns, nowMs } = this.#options;
    const offer = this.#offer;
    if (offer === undefined || this.#target === undefined || offer.open.length > 0) return;
    snapshots.stage({ ...offer.snapshot, certificate: this.#target });
    this.#chunks.begin(nowMs());
    this.#offer = undefined;
    for (const [number, hashes] of offer.chunks) {
      turns.addChunk(number, () => this.#chunks.keep(number, hashes));
    }
  }

  /** Gives up, or has done its work. The staged snapshot stays on the disk. */
  clear(): void {
    this.#target = undefined;
    this.#offer = undefined;
    this.#chunks.clear();
  }

  #install(): void {
    const { snapshots, onInstalled } = this.#options;
    const taken = snapshots.staged();
    if (this.missing?.size !== 0 || taken === undefined) return;
    snapshots.install();
    onInstalled(taken);
  }
}
