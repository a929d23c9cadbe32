import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { CHUNK_TRANSACTIONS, completeChunks, frontierOfOutline } from '#libs/chain/state-chunks.ts';
import { sectionRoot } from '#libs/chain/state-sections.ts';
import type {
  HistoryGap,
  SnapshotPort,
  StagedSnapshot,
  TransactionState,
} from '#libs/engine/ports/snapshot-ports.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { unsyncedTransaction } from '#libs/sqlite/database.ts';
import { forkAt } from './branch-to-commit.ts';
import type { ChainEnd } from './chain-end.ts';
import { HeldStates } from './held-states.ts';
import type { StoredGap } from './stored-gap.ts';
import type { Tables } from './tables.ts';
import { tipOf } from './tip.ts';

/**
 * Snapshots, in the tables of the chain. Nothing here waits for the disk: data that a power cut destroys can be
 * fetched again.
 */
export class SnapshotStore implements SnapshotPort {
  readonly #tables: Tables;
  readonly #end: ChainEnd;
  readonly #states: HeldStates;
  readonly #gap: StoredGap;
  #staged: StagedSnapshot | undefined;

  constructor(tables: Tables, end: ChainEnd, gap: StoredGap) {
    this.#tables = tables;
    this.#end = end;
    this.#states = new HeldStates(tables, () => end.tip());
    this.#gap = gap;
    this.#staged = tables.snapshot.staged();
  }

  snapshotAt(height: Height): TransactionState | undefined {
    return this.#states.stateAt(height);
  }

  chunkAt(height: Height, number: number): Uint8Array | undefined {
    return this.#states.chunkAt(height, number);
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
      throw forkAt(this.#end.tip().height, this.#end.tip().digest, block.digest);
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
      this.missingChunks().length === 0 && !this.#gap.isOpen,
      'a snapshot is installed once it is whole',
    );
    const last = this.#tables.snapshot.last() ?? new Uint8Array();
    const transactions = frontierOfOutline(outline, last);
    const frontier =
      others.length === 0 ? transactions : { ...transactions, others: others.map(sectionRoot) };
    const { height } = block.header;
    const lost = this.#end.undecided.withDescendants((each) => each.block.header.height <= height);
    const { blocks, final, certificates, state, snapshot, pruned } = this.#tables;
    this.#write(() => {
      for (const { id } of lost) blocks.delete(id);
      final.insert(height, blocks.insert(block, frontier), certificates.put(certificate));
      if (saysOfMembership(block)) final.insertMembership(height);
      state.replaceTail(BigInt(completeChunks(outline.size) * CHUNK_TRANSACTIONS), last);
      snapshot.unstage();
      snapshot.openGap({ height, others });
      // Certificates of the base and below stay until the gap is closed: the way there ends at that of the base.
      pruned.move(height);
    });
    this.#staged = undefined;
    this.#end.moveTip(tipOf(block.header, frontier, certificate), lost);
    this.#gap.opened({ height, others });
  }

  history(): HistoryGap | undefined {
    return this.#gap.history();
  }

  historyFrontier(): Frontier | undefined {
    return this.#gap.frontier();
  }

  isRecorded(transaction: Digest): boolean {
    return this.#tables.final.positionOf(transaction) !== undefined;
  }

  fill(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void {
    this.#gap.fill(branch, certificate);
  }

  #taken(): StagedSnapshot {
    assert(this.#staged !== undefined, 'no snapshot is being taken');
    return this.#staged;
  }

  #write(work: () => void): void {
    unsyncedTransaction(this.#tables.db, work);
  }
}
