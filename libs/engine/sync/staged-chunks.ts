import type { SnapshotPort } from '../ports/snapshot-ports.ts';
import type { SnapshotOffer } from './snapshot-offer.ts';

/** Chunks that are held, of all. */
export interface SnapshotProgress {
  readonly chunks: number;
  readonly chunksTotal: number;
  /** Estimate, milliseconds; undefined before the first chunks came. */
  readonly remainingMs: number | undefined;
}

/** The chunks of the staged snapshot: those that are held are on the disk, and outlive the process. */
export class StagedChunks {
  readonly #snapshots: SnapshotPort;
  #missing: Set<number> | undefined;
  /** Chunks missing when they began to be fetched, and when that was. */
  #began: { readonly open: number; readonly atMs: number } | undefined;

  readonly #whole: () => void;

  /** @param whole - Called when none is missing any more. */
  constructor(snapshots: SnapshotPort, whole: () => void) {
    this.#snapshots = snapshots;
    this.#whole = whole;
  }

  /** Numbers of the chunks that are not held; undefined as long as no snapshot is staged. */
  get missing(): ReadonlySet<number> | undefined {
    return this.#missing;
  }

  /** A snapshot is staged: its chunks are fetched from now on. */
  begin(nowMs: number): void {
    this.#missing = new Set(this.#snapshots.missingChunks());
    this.#began = { open: this.#missing.size, atMs: nowMs };
    if (this.#missing.size === 0) this.#whole();
  }

  /** Writes a verified chunk, unless it is held. */
  keep(number: number, hashes: Uint8Array): void {
    if (this.#missing?.has(number) !== true) return;
    this.#snapshots.putChunk(number, hashes);
    this.#missing.delete(number);
    if (this.#missing.size === 0) this.#whole();
  }

  /** @param offer - The snapshot that is offered, as long as none is staged. */
  progress(nowMs: number, offer: SnapshotOffer | undefined): SnapshotProgress {
    const chunksTotal = (this.#snapshots.staged() ?? offer?.snapshot)?.outline.roots.length ?? 0;
    const open = this.#missing?.size ?? chunksTotal - (offer?.chunks.size ?? 0);
    const came = (this.#began?.open ?? open) - open;
    const tookMs = nowMs - (this.#began?.atMs ?? nowMs);
    const remainingMs = came > 0 ? (tookMs / came) * open : undefined;
    return { chunks: chunksTotal - open, chunksTotal, remainingMs };
  }

  clear(): void {
    this.#missing = undefined;
    this.#began = undefined;
  }
}
