import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { headerDigest } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import { type Digest, type Height, toHeight } from '#libs/chain/ids.ts';
import {
  CHUNK_TRANSACTIONS,
  chunkCount,
  chunkLength,
  chunkRoot,
  frontierOfOutline,
  type StateOutline,
} from '#libs/chain/state-chunks.ts';
import { sectionRoot } from '#libs/chain/state-sections.ts';
import type { SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import type {
  HistoryGap,
  SnapshotPort,
  StagedSnapshot,
  TransactionState,
} from '#libs/engine/ports/snapshot-ports.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { unsyncedTransaction } from '#libs/sqlite/database.ts';
import { forkAt, newestOfExtension } from './branch-to-commit.ts';
import type { GapBase } from './snapshot-table.ts';
import type { Tables } from './tables.ts';
import { type StoredTip, tipOf } from './tip.ts';
import type { UndecidedBlock, UndecidedBlocks } from './undecided-blocks.ts';

/** The chain store, as far as snapshots change it. */
export interface SnapshotHost {
  readonly undecided: UndecidedBlocks;
  tip(): StoredTip;
  /** The tip is another one now, and these blocks are no longer undecided. */
  moveTip(tip: StoredTip, gone: readonly UndecidedBlock[]): void;
}

/**
 * Snapshots, in the tables of the chain. Nothing here waits for the disk: data that a power cut destroys can be
 * fetched again.
 */
export class SnapshotStore implements SnapshotPort {
  readonly #tables: Tables;
  readonly #host: SnapshotHost;
  #staged: StagedSnapshot | undefined;
  /** Right above the gap. */
  #base: GapBase | undefined;
  /** Kept in memory, because each answer asks for it. */
  #historyTip: HistoryGap['tip'] | undefined;

  constructor(tables: Tables, host: SnapshotHost) {
    this.#tables = tables;
    this.#host = host;
    this.#staged = tables.snapshot.staged();
    this.#setGap(tables.snapshot.gapBelow());
  }

  snapshotAt(height: Height): TransactionState | undefined {
    const block = height > this.#host.tip().height ? undefined : this.#tables.blocks.blockAt(height);
    const size = block && this.#tables.blocks.frontierAt(height)?.size;
    const outline = size === undefined ? undefined : this.#outline(size);
    return block && outline && { block, outline };
  }

  chunkAt(height: Height, number: number): Uint8Array | undefined {
    const size = height > this.#host.tip().height ? undefined : this.#tables.blocks.frontierAt(height)?.size;
    if (size === undefined || number >= chunkCount(size)) return undefined;
    return this.#tables.state.hashes(number, chunkLength(number, size));
  }

  staged(): StagedSnapshot | undefined {
    return this.#staged;
  }

  unstage(): void {
    this.#write(() => this.#tables.snapshot.unstage());
    this.#staged = undefined;
  }

  stage(snapshot: StagedSnapshot): void {
    const { block, outline } = snapshot;
    const held = this.#tables.state.rootsBelow(completeChunks(outline.size));
    for (const [number, root] of held) {
      const proved = outline.roots[number];
      if (proved !== undefined && equalBytes(root, proved)) continue;
      throw forkAt(this.#host.tip().height, this.#host.tip().digest, block.digest);
    }
    this.#write(() => this.#tables.snapshot.stage(snapshot));
    this.#staged = snapshot;
  }

  missingChunks(): readonly number[] {
    const { outline } = this.#taken();
    const complete = completeChunks(outline.size);
    const held = this.#tables.state.rootsBelow(complete);
    const isLastMissing = this.#tables.snapshot.last() === undefined;
    return outline.roots.flatMap((_, number) =>
      (number < complete ? !held.has(number) : isLastMissing) ? [number] : [],
    );
  }

  putChunk(number: number, hashes: Uint8Array): void {
    const root = this.#taken().outline.roots[number];
    assert(root !== undefined, `the snapshot has no chunk ${number}`);
    const { state, snapshot } = this.#tables;
    this.#write(() => {
      if (hashes.length / 32 === CHUNK_TRANSACTIONS) state.put(number, root, hashes);
      else snapshot.setLast(hashes);
      snapshot.addHashes(hashes);
    });
  }

  install(): void {
    const { block, outline, others, certificate } = this.#taken();
    assert(
      this.missingChunks().length === 0 && this.#base === undefined,
      'a snapshot is installed once it is whole',
    );
    const last = this.#tables.snapshot.last() ?? new Uint8Array();
    const transactions = frontierOfOutline(outline, last);
    const frontier =
      others.length === 0 ? transactions : { ...transactions, others: others.map(sectionRoot) };
    const { height } = block.header;
    const lost = this.#host.undecided.withDescendants((each) => each.block.header.height <= height);
    const { blocks, final, certificates, state, snapshot } = this.#tables;
    this.#write(() => {
      for (const { id } of lost) blocks.delete(id);
      final.insert(height, blocks.insert(block, frontier), certificates.put(certificate));
      if (saysOfMembership(block)) final.insertMembership(height);
      state.replaceTail(BigInt(completeChunks(outline.size) * CHUNK_TRANSACTIONS), last);
      snapshot.unstage();
      snapshot.openGap({ height, others });
    });
    this.#staged = undefined;
    this.#host.moveTip(tipOf(block.header, frontier, certificate), lost);
    this.#setGap({ height, others });
  }

  history(): HistoryGap | undefined {
    if (this.#base === undefined || this.#historyTip === undefined) return undefined;
    const proof = this.#tables.final.proofFrom(this.#base.height);
    assert(proof !== undefined, 'a snapshot has a certificate');
    return { tip: this.#historyTip, base: this.#tables.certificates.get(proof.certificate) };
  }

  historyFrontier(): Frontier | undefined {
    const height = this.#historyTip?.header.height;
    return height === undefined ? undefined : this.#tables.blocks.frontierAt(height);
  }

  /** Heights that are final, and whose blocks are not held. */
  gap(): { readonly from: Height; readonly to: Height } | undefined {
    const below = this.#historyTip?.header.height;
    if (below === undefined || this.#base === undefined) return undefined;
    return { from: toHeight(below + 1n), to: toHeight(this.#base.height - 1n) };
  }

  get hasGap(): boolean {
    return this.#base !== undefined;
  }

  /** The block right above the gap, and the other sections of the state there; undefined when there is no gap. */
  base(): SnapshotBase | undefined {
    const block = this.#base && this.#tables.blocks.blockAt(this.#base.height);
    return this.#base && block && { block, others: this.#base.others };
  }

  isRecorded(transaction: Digest): boolean {
    return this.#tables.final.positionOf(transaction) !== undefined;
  }

  /** Whether a transaction is in a block of the gap, as far as the snapshot says. */
  isBelow(transaction: Digest): boolean {
    return this.#base !== undefined && this.#tables.snapshot.hasHash(transaction);
  }

  fill(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void {
    const history = this.history();
    assert(history !== undefined, 'there is a gap to fill');
    const { header, digest } = history.tip;
    const newest = newestOfExtension(certificate, branch, { height: header.height, digest });
    const isClosed = newest.block.digest === history.base.digest;
    const held = branch.flatMap(({ block }) => this.#host.undecided.get(block.digest) ?? []);
    this.#write(() => {
      const proof = this.#tables.certificates.put(certificate);
      for (const each of branch) this.#record(each, each === newest ? proof : undefined);
      if (isClosed) this.#tables.snapshot.closeGap();
    });
    this.#host.undecided.remove(held);
    this.#setGap(isClosed ? undefined : this.#base);
  }

  #record({ block, frontier }: BlockWithFrontier, proof: Digest | undefined): void {
    const { blocks, final, evidence } = this.#tables;
    const { height } = block.header;
    if (height !== this.#base?.height) {
      const id = this.#host.undecided.get(block.digest)?.id ?? blocks.insert(block, frontier);
      final.insert(height, id, proof);
      if (saysOfMembership(block)) final.insertMembership(height);
    }
    final.insertTransactions(
      height,
      block.transactions.map(({ hash }) => hash),
    );
    evidence.settle(block);
  }

  #outline(size: bigint): StateOutline | undefined {
    const { state } = this.#tables;
    const complete = completeChunks(size);
    const roots = [...state.rootsBelow(complete).values()];
    if (roots.length !== complete) return undefined;
    const rest = Number(size) - complete * CHUNK_TRANSACTIONS;
    if (rest === 0) return { size, roots };
    const last = state.hashes(complete, rest);
    return last && { size, roots: [...roots, chunkRoot(last)] };
  }

  #taken(): StagedSnapshot {
    assert(this.#staged !== undefined, 'no snapshot is being taken');
    return this.#staged;
  }

  #setGap(base: GapBase | undefined): void {
    this.#base = base;
    const height = base && this.#tables.final.highestBelow(base.height);
    const header = height === undefined ? undefined : this.#tables.blocks.headerAt(height);
    this.#historyTip = header && { header, digest: headerDigest(header) };
  }

  #write(work: () => void): void {
    unsyncedTransaction(this.#tables.db, work);
  }
}

/** Chunks of a state of this size that are not short. */
function completeChunks(size: bigint): number {
  return Number(size / BigInt(CHUNK_TRANSACTIONS));
}
