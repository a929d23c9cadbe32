import { assert } from '#libs/assert/assert.ts';
import { headerDigest } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import type { Frontier } from '#libs/chain/frontier.ts';
import { type Digest, toHeight } from '#libs/chain/ids.ts';
import type { SnapshotBase } from '#libs/engine/membership/membership-book.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { HistoryGap } from '#libs/engine/ports/snapshot-ports.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { unsyncedTransaction } from '#libs/sqlite/database.ts';
import { newestOfExtension } from './branch-to-commit.ts';
import type { GapBase } from './snapshot-table.ts';
import type { Tables } from './tables.ts';
import type { UndecidedBlocks } from './undecided-blocks.ts';

/** The gap in the tables of the chain that a snapshot left below its block, until its history is filled in. */
export class StoredGap {
  readonly #tables: Tables;
  readonly #undecided: UndecidedBlocks;
  /** Right above the gap. */
  #base: GapBase | undefined;
  /** Kept in memory, because each answer asks for it. */
  #below: HistoryGap['tip'] | undefined;

  constructor(tables: Tables, undecided: UndecidedBlocks) {
    this.#tables = tables;
    this.#undecided = undecided;
    this.#set(tables.snapshot.gapBelow());
  }

  get isOpen(): boolean {
    return this.#base !== undefined;
  }

  /** Heights that are final, and whose blocks are not held. */
  span(): HeightSpan | undefined {
    const below = this.#below?.header.height;
    if (below === undefined || this.#base === undefined) return undefined;
    return { from: toHeight(below + 1n), to: toHeight(this.#base.height - 1n) };
  }

  /** The block right above the gap, and the other sections of the state there; undefined when there is no gap. */
  base(): SnapshotBase | undefined {
    const block = this.#base && this.#tables.blocks.blockAt(this.#base.height);
    return this.#base && block && { block, others: this.#base.others };
  }

  /** The two blocks between which history is to be fetched; undefined when every final block is held. */
  history(): HistoryGap | undefined {
    if (this.#base === undefined || this.#below === undefined) return undefined;
    const proof = this.#tables.final.proofFrom(this.#base.height);
    assert(proof !== undefined, 'a snapshot has a certificate');
    return { tip: this.#below, base: this.#tables.certificates.get(proof.certificate) };
  }

  /** State tree up to and with the highest final block below the gap. */
  frontier(): Frontier | undefined {
    const height = this.#below?.header.height;
    return height === undefined ? undefined : this.#tables.blocks.frontierAt(height);
  }

  /** Whether a transaction is in a block of the gap, as far as the snapshot says. */
  holds(transaction: Digest): boolean {
    return this.isOpen && this.#tables.snapshot.hasHash(transaction);
  }

  /** Brings memory up to the gap that a snapshot opened on the disk. */
  opened(base: GapBase): void {
    this.#set(base);
  }

  /** Puts blocks in from below, lowest first; the certificate is that of the last. @throws ChainError CHAIN_FORK. */
  fill(branch: readonly BlockWithFrontier[], certificate: QuorumCertificate): void {
    const history = this.history();
    assert(history !== undefined, 'there is a gap to fill');
    const { header, digest } = history.tip;
    const newest = newestOfExtension(certificate, branch, { height: header.height, digest });
    const isClosed = newest.block.digest === history.base.digest;
    const held = branch.flatMap(({ block }) => this.#undecided.get(block.digest) ?? []);
    unsyncedTransaction(this.#tables.db, () => {
      const proof = this.#tables.certificates.put(certificate);
      for (const each of branch) this.#record(each, each === newest ? proof : undefined);
      if (isClosed) this.#close();
    });
    this.#undecided.remove(held);
    this.#set(isClosed ? undefined : this.#base);
  }

  /** All heights are looked at once more for certificates that may go. */
  #close(): void {
    this.#tables.snapshot.closeGap();
    this.#tables.pruned.move(toHeight(0n));
  }

  #record({ block, frontier }: BlockWithFrontier, proof: Digest | undefined): void {
    const { blocks, final, evidence } = this.#tables;
    const { height } = block.header;
    if (height !== this.#base?.height) {
      const id = this.#undecided.get(block.digest)?.id ?? blocks.insert(block, frontier);
      final.insert(height, id, proof);
      if (saysOfMembership(block)) final.insertMembership(height);
    }
    final.insertTransactions(
      height,
      block.transactions.map(({ hash }) => hash),
    );
    evidence.settle(block);
  }

  #set(base: GapBase | undefined): void {
    this.#base = base;
    const height = base && this.#tables.final.highestBelow(base.height);
    const header = height === undefined ? undefined : this.#tables.blocks.headerAt(height);
    this.#below = header && { header, digest: headerDigest(header) };
  }
}
