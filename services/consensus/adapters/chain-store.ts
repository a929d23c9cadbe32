import { assert } from '#libs/assert/assert.ts';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { type Frontier, frontierRoot } from '#libs/chain/frontier.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import { type SectionRoot, sectionRoots } from '#libs/chain/section-roots.ts';
import type { SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { ChainPort } from '#libs/engine/ports/engine-ports.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { HostedProtocol, HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { WriteAheadLog } from '#libs/sqlite/write-ahead-log.ts';
import type { FinalChain, FinalTransaction, KeptEventCursor, TransactionPosition } from '../core/ports.ts';
import { BranchWriter } from './chain-store/branch-writer.ts';
import { CertificatePruner } from './chain-store/certificate-pruner.ts';
import { ChainEnd } from './chain-store/chain-end.ts';
import { EventCursor } from './chain-store/event-cursor.ts';
import type { EvidenceTable } from './chain-store/evidence-table.ts';
import { FinalProofs } from './chain-store/final-proofs.ts';
import { HeldBlocks } from './chain-store/held-blocks.ts';
import { HistoryStore } from './chain-store/history-store.ts';
import { KeptRecord } from './chain-store/kept-record.ts';
import type { RecordState } from './chain-store/record-table.ts';
import { SnapshotStore } from './chain-store/snapshot-store.ts';
import { StoredGap } from './chain-store/stored-gap.ts';
import type { Tables } from './chain-store/tables.ts';
import type { StoredTip } from './chain-store/tip.ts';

/**
 * The chain and the safety record of a member: one SQLite file, durable when a call returns, but for `putBlock`, `putRecord` and
 * `extend`. Opened by `openChainStore`. A method that throws anything but a ChainError met a damaged file or disk: the member halts.
 */
export class ChainStore implements ChainPort, FinalChain, KeptEventCursor {
  readonly snapshots: SnapshotStore;
  readonly history: HistoryStore;
  readonly #tables: Tables;
  readonly #end: ChainEnd;
  readonly #gap: StoredGap;
  readonly #held: HeldBlocks;
  readonly #proofs: FinalProofs;
  readonly #record: KeptRecord;
  readonly #writer: BranchWriter;
  readonly #cursor: EventCursor;
  readonly #pruner: CertificatePruner;
  readonly #log: WriteAheadLog;

  /** @param protocol - The one that the chain began with: older records do not say theirs. */
  constructor(tables: Tables, tip: StoredTip, protocol: HostedProtocol, rule: CertificateRule) {
    const end = new ChainEnd(tables, tip);
    this.#tables = tables;
    this.#end = end;
    this.#gap = new StoredGap(tables, end.undecided);
    this.snapshots = new SnapshotStore(tables, end, this.#gap);
    this.history = new HistoryStore(tables, {
      tip: () => end.tip(),
      hasGap: () => this.#gap.isOpen,
    });
    this.#held = new HeldBlocks(tables, end, this.history);
    this.#proofs = new FinalProofs(this.history, this.#held);
    this.#record = new KeptRecord(tables, protocol);
    const pruner = new CertificatePruner(tables, this.history, rule);
    this.#pruner = pruner;
    this.#log = new WriteAheadLog(tables.db);
    this.#writer = new BranchWriter({ tables, end, held: this.#held, record: this.#record, pruner });
    this.#cursor = new EventCursor(tables.db);
  }

  close(): void {
    this.#tables.db.close();
  }

  /**
   * Evidence of misbehaviour. It is in the same file as the blocks, so that evidence in a block is settled in the
   * block's transaction.
   */
  get evidence(): EvidenceTable {
    return this.#tables.evidence;
  }

  tip(): StoredTip {
    return this.#end.tip();
  }

  heightOf(digest: Digest): Height | undefined {
    return this.#held.heightOf(digest);
  }

  frontierOf(digest: Digest): Frontier | undefined {
    return this.#held.frontierOf(digest);
  }

  headerOf(digest: Digest): BlockHeader | undefined {
    return this.#held.headerOf(digest);
  }

  blockOf(digest: Digest): Block | undefined {
    return this.#held.blockOf(digest);
  }

  blockAt(height: Height): Block | undefined {
    return this.#held.blockAt(height);
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    return this.#proofs.certifiedBlock(height);
  }

  certificateWithin(span: HeightSpan): QuorumCertificate | undefined {
    return this.history.certificateWithin(span);
  }

  /** The final blocks that say something of the membership, lowest first; each is read when it is asked for. */
  *membershipBlocks(): Generator<Block> {
    for (const height of this.#tables.final.membershipHeights()) {
      const block = this.#tables.blocks.blockAt(height);
      assert(block !== undefined, `final block ${height} is missing`);
      yield block;
    }
  }

  isCommitted(hash: Digest): boolean {
    return this.positionOf(hash) !== undefined || this.#gap.holds(hash);
  }

  gap(): HeightSpan | undefined {
    return this.#gap.span();
  }

  /** The block right above the gap, with the sections of the state that it starts from; undefined when there is no gap. */
  gapBase(): SnapshotBase | undefined {
    return this.#gap.base();
  }

  sectionsAt(height: Height): readonly SectionRoot[] {
    const frontier = this.history.frontierAt(height);
    return frontier?.others === undefined ? [] : sectionRoots(frontierRoot(frontier), frontier.others);
  }

  positionOf(hash: Digest): TransactionPosition | undefined {
    return this.#tables.final.positionOf(hash);
  }

  transaction(hash: Digest): FinalTransaction | undefined {
    const position = this.positionOf(hash);
    return position && this.#proofs.transaction(hash, position);
  }

  undecidedTransactions(digest: Digest): ReadonlySet<Digest> {
    const branch = this.#end.undecided.branchTo(digest);
    return new Set(branch.flatMap(({ block }) => block.transactions.map(({ hash }) => hash)));
  }

  putBlock(block: Block, frontier: Frontier): void {
    this.#writer.putBlock(block, frontier);
  }

  commit(certificate: QuorumCertificate): readonly Block[] {
    return this.#writer.commit(certificate);
  }

  extend(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): readonly Block[] {
    return this.#writer.extend(branch, certificate);
  }

  /** Replaces the safety record: it is written with the next commit, or by `flush`. */
  putRecord(record: HostedRecord): void {
    this.#record.put(record);
  }

  /** @returns whether anything had to be written. */
  flush(): boolean {
    return this.#record.flush();
  }

  /** @throws ChainError RECORD_CORRUPT: the member must not vote. */
  loadRecord(): HostedRecord | undefined {
    return this.#record.load();
  }

  recordState(): RecordState {
    return this.#record.state();
  }

  eventCursor(): Height {
    return this.#cursor.read();
  }

  setEventCursor(height: Height): void {
    this.#cursor.move(height);
  }

  /** Drops certificates of before, and moves the write-ahead log into the database. Takes some ms per MB: for when nobody waits for a vote. */
  checkpointWhenIdle(): void {
    this.#pruner.pruneSome(this.tip().height);
    this.#log.foldIn();
  }

  /** Pages of 4 KiB that a checkpoint would move. */
  logPages(): number {
    return this.#log.pages;
  }
}
