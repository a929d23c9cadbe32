import { assert } from '#libs/assert/assert.ts';
import { type Block, type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import type { ExecutedBlock } from '#libs/chain/block-rules.ts';
import { type Frontier, frontierRoot } from '#libs/chain/frontier.ts';
import { type Digest, type Height, toHeight } from '#libs/chain/ids.ts';
import { type SectionRoot, sectionRoots } from '#libs/chain/section-roots.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { ChainPort } from '#libs/engine/ports/engine-ports.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertifiedBlock } from '#libs/protocol/certified-block.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { transaction, unsyncedTransaction } from '#libs/sqlite/database.ts';
import type { EventSource, FinalChain, FinalTransaction, TransactionPosition } from '../core/ports.ts';
import { branchToCommit, mismatch, newestOfExtension } from './chain-store/branch-to-commit.ts';
import { bigintOf } from './chain-store/columns.ts';
import type { EvidenceTable } from './chain-store/evidence-table.ts';
import { HistoryStore } from './chain-store/history-store.ts';
import { STRAY_BLOCKS_MAX } from './chain-store/limits.ts';
import { type BlockWithState, ProvenBlocks } from './chain-store/proven-blocks.ts';
import { blocksNamedBy } from './chain-store/record-codec.ts';
import type { RecordState } from './chain-store/record-table.ts';
import { SnapshotStore } from './chain-store/snapshot-store.ts';
import type { Tables } from './chain-store/tables.ts';
import { type StoredTip, tipOf } from './chain-store/tip.ts';
import { type UndecidedBlock, UndecidedBlocks } from './chain-store/undecided-blocks.ts';

/**
 * The chain and the safety record of a member: one SQLite file, durable when a call returns, but for `putBlock` and
 * `extend`. Opened by `openChainStore`. A method that throws anything but a ChainError met a damaged file or disk: the member halts.
 */
export class ChainStore implements ChainPort, FinalChain, EventSource {
  readonly snapshots: SnapshotStore;
  readonly history: HistoryStore;
  readonly #tables: Tables;
  readonly #undecided = new UndecidedBlocks();
  readonly #proven = new ProvenBlocks();
  #tip: StoredTip;
  /** Blocks that the safety record refers to: never thrown away while undecided. */
  #needed: readonly Digest[] = [];

  constructor(tables: Tables, tip: StoredTip) {
    this.#tables = tables;
    this.#tip = tip;
    for (const entry of tables.blocks.undecided()) this.#undecided.add(entry);
    this.snapshots = new SnapshotStore(tables, {
      undecided: this.#undecided,
      tip: () => this.#tip,
      moveTip: (to, gone) => {
        this.#undecided.remove(gone);
        this.#tip = to;
      },
    });
    this.history = new HistoryStore(tables, {
      tip: () => this.#tip,
      hasGap: () => this.snapshots.hasGap,
    });
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
    return this.#tip;
  }

  /** Height of a final block. */
  heightOf(digest: Digest): Height | undefined {
    return digest === this.#tip.digest ? this.#tip.height : this.#tables.blocks.heightOf(digest);
  }

  frontierOf(digest: Digest): Frontier | undefined {
    if (digest === this.#tip.digest) return this.#tip.frontier;
    const entry = this.#undecided.get(digest);
    if (entry !== undefined) return entry.frontier;
    const height = this.heightOf(digest);
    return height === undefined ? undefined : this.history.frontierAt(height);
  }

  headerOf(digest: Digest): BlockHeader | undefined {
    if (digest === this.#tip.digest) return this.#tip.header;
    const entry = this.#undecided.get(digest);
    if (entry !== undefined) return entry.block.header;
    const height = this.heightOf(digest);
    return height === undefined ? undefined : this.history.headerAt(height);
  }

  blockOf(digest: Digest): Block | undefined {
    const entry = this.#undecided.get(digest);
    if (entry !== undefined) return entry.block;
    const height = this.heightOf(digest);
    return height === undefined ? undefined : this.blockAt(height);
  }

  blockAt(height: Height): Block | undefined {
    return height > this.#tip.height ? undefined : this.history.blockAt(height);
  }

  certifiedBlock(height: Height): CertifiedBlock | undefined {
    const block = this.blockAt(height);
    const proof = block && this.history.proofFrom(height);
    if (block === undefined || proof === undefined) return undefined;
    const descendants: BlockHeader[] = [];
    for (let above = height + 1n; above <= proof.height; above++) {
      const header = this.history.headerAt(toHeight(above));
      if (header === undefined) return undefined;
      descendants.push(header);
    }
    return { block, certificate: proof.certificate, descendants };
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
    return this.positionOf(hash) !== undefined || this.snapshots.isBelow(hash);
  }

  gap(): HeightSpan | undefined {
    return this.snapshots.gap();
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
    if (position === undefined) return undefined;
    const { height, index } = position;
    const found = this.history.read(height, () => {
      const proven = this.#proven.transaction(height, index, () => this.#provable(height));
      const isIt = proven === undefined || proven.transaction.hash === hash;
      assert(isIt, `transaction ${index} of block ${height} is not the one that it is said to be`);
      return proven;
    });
    return found && { ...found, height, index };
  }

  undecidedTransactions(digest: Digest): ReadonlySet<Digest> {
    const branch = this.#undecided.branchTo(digest);
    return new Set(branch.flatMap(({ block }) => block.transactions.map(({ hash }) => hash)));
  }

  /**
   * Holds a block that was judged valid, with the state tree up to it, until it is decided or lost.
   *
   * @throws ChainError CHAIN_BLOCK_MISSING unless its parent is held.
   */
  putBlock(block: Block, frontier: Frontier): void {
    const { digest, header } = block;
    if (this.heightOf(digest) !== undefined || this.#undecided.get(digest) !== undefined) return;
    if (this.headerOf(header.parent) === undefined) {
      throw new ChainError('the parent of a block is not held: fetch it first', {
        code: 'CHAIN_BLOCK_MISSING',
        digest: header.parent,
      });
    }
    const { db, blocks } = this.#tables;
    const strays = this.#undecided.strays([...this.#needed, header.parent], STRAY_BLOCKS_MAX);
    // A signature that rests on this block is recorded first, and the sync of that record syncs the block too.
    const id = unsyncedTransaction(db, () => {
      for (const stray of strays) blocks.delete(stray.id);
      return blocks.insert(block, frontier);
    });
    this.#undecided.remove(strays);
    this.#undecided.add({ id, block, frontier });
  }

  /**
   * Makes the certified block and its undecided ancestors final, in one transaction. Final already:
   * nothing happens. The certificate's signatures were verified by the caller.
   *
   * @returns the blocks that became final, lowest first.
   * @throws ChainError CHAIN_FORK, CHAIN_BLOCK_MISSING, CHAIN_CERTIFICATE_MISMATCH.
   */
  commit(certificate: QuorumCertificate): readonly Block[] {
    assert(certificate.phase === 'commit', `a ${certificate.phase} certificate decides nothing`);
    const { digest, height } = certificate;
    const final = this.heightOf(digest);
    if (final !== undefined && final !== height) throw mismatch(height, digest);
    if (final !== undefined) return [];
    const branch = branchToCommit(certificate, this.#undecided.branchTo(digest), {
      tip: this.#tip,
      digestAt: (at) => headerDigest(this.#headerAt(at)),
    });
    const newest = branch.at(-1);
    assert(newest !== undefined, 'a commit makes a block final');
    const lost = this.#undecided.withDescendants(
      (entry) => entry.block.header.height <= height && !branch.includes(entry),
    );
    transaction(this.#tables.db, () => this.#write(certificate, branch, lost));
    return this.#moveTo(newest, certificate, { branch, gone: [...branch, ...lost] });
  }

  extend(branch: readonly ExecutedBlock[], certificate: QuorumCertificate): readonly Block[] {
    const newest = newestOfExtension(certificate, branch, this.#tip);
    const digests = new Set(branch.map(({ block }) => block.digest));
    const lost = this.#undecided.withDescendants(
      ({ block }) => block.header.height <= certificate.height && !digests.has(block.digest),
    );
    // A power cut may take these back, and others give them again; the next record is synced after them.
    unsyncedTransaction(this.#tables.db, () => {
      const rows = branch.map((each) => this.#rowOf(each));
      this.#write(certificate, rows, lost);
    });
    const held = branch.flatMap(({ block }) => this.#undecided.get(block.digest) ?? []);
    return this.#moveTo(newest, certificate, { branch, gone: [...held, ...lost] });
  }

  /** Replaces the safety record. */
  save(record: SafetyRecord): void {
    transaction(this.#tables.db, () => this.#tables.record.save(record));
    this.#needed = blocksNamedBy(record);
  }

  /** @throws ChainError RECORD_CORRUPT: the member must not vote. */
  loadRecord(): SafetyRecord | undefined {
    const record = this.#tables.record.load();
    if (record !== undefined) this.#needed = blocksNamedBy(record);
    return record;
  }

  /**
   * Whether a safety record is there, was never saved, or is missing. Blocks alone do not make it missing: a
   * member that fetched the chain and was killed before its first vote is as free as a new one. Nothing is
   * signed before a record is saved, and the first save is marked.
   */
  recordState(): RecordState {
    if (this.loadRecord() !== undefined) return 'present';
    return this.#tables.record.wasEverSaved ? 'missing' : 'virgin';
  }

  eventCursor(): Height {
    const row = this.#tables.db.prepare('SELECT event_cursor FROM chain').get();
    assert(row !== undefined, 'the row of the chain is missing');
    return toHeight(bigintOf(row, 'event_cursor'));
  }

  setEventCursor(height: Height): void {
    this.#tables.db.prepare('UPDATE chain SET event_cursor = ?').run(height);
  }

  /** Moves the write-ahead log into the database. Takes some ms per MB: for when nobody waits for a vote. */
  checkpointWhenIdle(): void {
    this.#tables.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  #write(
    certificate: QuorumCertificate,
    branch: readonly UndecidedBlock[],
    lost: readonly UndecidedBlock[],
  ): void {
    const { blocks, final, certificates, evidence, state } = this.#tables;
    const proof = certificates.put(certificate);
    for (const { id, block, frontier } of branch) {
      const { height } = block.header;
      const hashes = block.transactions.map(({ hash }) => hash);
      final.insert(height, id, block.digest === certificate.digest ? proof : undefined);
      final.insertTransactions(height, hashes);
      state.append(frontier.size - BigInt(hashes.length), hashes);
      evidence.settle(block);
      if (saysOfMembership(block)) final.insertMembership(height);
    }
    for (const { id } of lost) blocks.delete(id);
  }

  /** The row of a block that may be held already. */
  #rowOf({ block, frontier }: ExecutedBlock): UndecidedBlock {
    const held = this.#undecided.get(block.digest);
    return held ?? { id: this.#tables.blocks.insert(block, frontier), block, frontier };
  }

  /** A block with the state before and after it; undefined when either cannot be read. */
  #provable(height: Height): BlockWithState | undefined {
    const block = this.blockAt(height);
    const before = this.history.frontierAt(toHeight(height - 1n));
    const after = this.history.frontierAt(height);
    return block && before && after && { transactions: block.transactions, before, after };
  }

  /** Brings memory up to the state on disk. */
  #moveTo(
    newest: ExecutedBlock,
    certificate: QuorumCertificate,
    { branch, gone }: { readonly branch: readonly ExecutedBlock[]; readonly gone: readonly UndecidedBlock[] },
  ): readonly Block[] {
    this.#undecided.remove(gone);
    this.#tip = tipOf(newest.block.header, newest.frontier, certificate);
    return branch.map(({ block }) => block);
  }

  #headerAt(height: Height): BlockHeader {
    const header = this.#tables.blocks.headerAt(height);
    assert(header !== undefined, `final block ${height} is missing`);
    return header;
  }
}
