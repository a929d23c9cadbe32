import { assert } from '#libs/assert/assert.ts';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier } from '#libs/chain/frontier.ts';
import { type Digest, type Height, toHeight } from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { HistoryPort } from '#libs/engine/ports/history-ports.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { unsyncedTransaction } from '#libs/sqlite/database.ts';
import { isOfDisk } from '#libs/sqlite/database-error.ts';
import { forkAt } from './branch-to-commit.ts';
import { DAMAGED_HEIGHTS_MAX, PROOFS_TRIED_MAX } from './limits.ts';
import type { Tables } from './tables.ts';
import type { StoredTip } from './tip.ts';

/** The chain store, as far as its history depends on it. */
export interface HistoryHost {
  tip(): StoredTip;
  /** Whether blocks below a snapshot are not fetched yet. */
  hasGap(): boolean;
}

/**
 * Final blocks as they lie on the disk, by height. A block that cannot be read is missing from then on, until
 * it is put back: a member needs its record, its tip and its undecided blocks alone, and goes on.
 */
export class HistoryStore implements HistoryPort {
  readonly #tables: Tables;
  readonly #host: HistoryHost;
  /** Damaged heights in the order in which they were found. */
  readonly #damaged = new Set<Height>();
  readonly #restoredListeners = new Set<(height: Height, left: number) => void>();
  readonly #listeners = new Set<(height: Height, reason: string) => void>();

  #othersAt: (height: Height) => readonly SectionRoot[] | undefined = () => undefined;

  constructor(tables: Tables, host: HistoryHost) {
    this.#tables = tables;
    this.#host = host;
  }

  headerAt(height: Height): BlockHeader | undefined {
    return this.read(height, () => this.#tables.blocks.headerAt(height));
  }

  blockAt(height: Height): Block | undefined {
    return this.read(height, () => this.#tables.blocks.blockAt(height));
  }

  frontierAt(height: Height): Frontier | undefined {
    return this.read(height, () => {
      const header = this.#tables.blocks.headerAt(height);
      const frontier = this.#tables.blocks.frontierAt(height);
      const isSound = header === undefined || frontier === undefined || isStateOf(frontier, header);
      assert(isSound, `the state of block ${height} is damaged`);
      return frontier;
    });
  }

  /** The certificate that proves this height, and that of which height it is. */
  proofFrom(
    height: Height,
  ): { readonly height: Height; readonly certificate: QuorumCertificate } | undefined {
    const proof = this.read(height, () => this.#tables.final.proofFrom(height));
    const certificate = proof && this.#certificateAt(proof.height, proof.certificate);
    return certificate && proof && { height: proof.height, certificate };
  }

  /** The highest one between these heights, inclusive, that can be read. */
  certificateWithin({ from, to }: HeightSpan): QuorumCertificate | undefined {
    let upTo = to;
    for (let tried = 0; tried < PROOFS_TRIED_MAX && upTo >= from; tried++) {
      const proof = this.#tables.final.proofWithin(from, upTo);
      const certificate = proof && this.#certificateAt(proof.height, proof.certificate);
      if (proof === undefined || certificate !== undefined) return certificate;
      upTo = toHeight(proof.height - 1n);
    }
    return undefined;
  }

  /**
   * Runs a read of one final block and its parts. Any error, except a ChainError, means that the bytes on the
   * disk are not those written.
   */
  read<Value>(height: Height, work: () => Value | undefined): Value | undefined {
    if (this.#damaged.has(height)) return undefined;
    try {
      return work();
    } catch (error) {
      if (error instanceof ChainError) throw error;
      this.#found(height, error);
      return undefined;
    }
  }

  damaged(): readonly Height[] {
    if (this.#host.hasGap()) return [];
    // No other member can give the genesis block.
    return [...this.#damaged].filter((height) => height > 0n).sort((a, b) => Number(a - b));
  }

  onDamaged(listener: (height: Height, reason: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Sets the source of the roots of the other sections of the state after a block: the membership, which is
   * made of this history.
   */
  learnOthers(othersAt: (height: Height) => readonly SectionRoot[] | undefined): void {
    this.#othersAt = othersAt;
  }

  /** Tells of each height that was put back, and how many are not. */
  onRestored(listener: (height: Height, left: number) => void): void {
    this.#restoredListeners.add(listener);
  }

  checkable(): HeightSpan | undefined {
    const to = this.#host.tip().height;
    return to === 0n || this.#host.hasGap() ? undefined : { from: toHeight(1n), to };
  }

  check(height: Height): number {
    return this.read(height, () => this.#checked(height)) ?? 0;
  }

  restore(block: Block, certificate: QuorumCertificate | undefined): boolean {
    const { header, digest } = block;
    const named = this.#digestAt(header.height);
    if (named !== undefined && named !== digest) throw forkAt(header.height, named, digest);
    const frontier = this.#frontierOf(block);
    if (frontier === undefined || this.#host.hasGap()) return false;
    const tip = this.#host.tip();
    const own = header.height === tip.height ? tip.certificate : certificate;
    try {
      // A power cut may take it back, and it is found again.
      unsyncedTransaction(this.#tables.db, () => this.#write(block, frontier, own));
    } catch (error) {
      // SQLite cannot write to a page that it cannot read either: the block stays missing, and the rest of the
      // file is as good as before.
      if (isOfDisk(error) && !isReadFault(error)) throw error;
      this.#found(header.height, error);
      return false;
    }
    this.#damaged.delete(header.height);
    for (const listener of this.#restoredListeners) listener(header.height, this.#damaged.size);
    return true;
  }

  #write(block: Block, frontier: Frontier, certificate: QuorumCertificate | undefined): void {
    const { blocks, final, certificates } = this.#tables;
    const { height } = block.header;
    assert(blocks.replaceAt(height, block, frontier), `final block ${height} has no row`);
    if (certificate !== undefined) final.setCertificate(height, certificates.replace(certificate));
    // The next one above proves it too.
    else if (!this.#hasSoundCertificate(height)) final.setCertificate(height, undefined);
    final.replaceTransactions(
      height,
      block.transactions.map(({ hash }) => hash),
    );
    if (saysOfMembership(block)) final.replaceMembership(height);
  }

  #hasSoundCertificate(height: Height): boolean {
    const digest = this.#tables.final.certificateAt(height);
    try {
      return digest === undefined || this.#tables.certificates.get(digest).height === height;
    } catch {
      return false;
    }
  }

  #checked(height: Height): number {
    const { blocks, final, certificates } = this.#tables;
    const block = blocks.blockAt(height);
    const frontier = blocks.frontierAt(height);
    assert(block !== undefined && frontier !== undefined, `final block ${height} is missing`);
    assert(isStateOf(frontier, block.header), `the state of block ${height} is damaged`);
    const named = this.#digestAt(height);
    assert(named === undefined || named === block.digest, `block ${height} is another than it was`);
    const digest = final.certificateAt(height);
    const certificate = digest && certificates.get(digest);
    assert(
      certificate === undefined || certificate.digest === block.digest,
      `the certificate of block ${height} is of another`,
    );
    let bytes = certificate?.signatures.reduce((sum, { signature }) => sum + signature.length, 0) ?? 0;
    for (const [index, transaction] of block.transactions.entries()) {
      const position = final.positionOf(transaction.hash);
      assert(
        position?.height === height && position.index === index,
        `transaction ${index} of block ${height} is not found by its hash`,
      );
      bytes += transaction.bytes.length;
    }
    return bytes;
  }

  #certificateAt(height: Height, digest: Digest): QuorumCertificate | undefined {
    return this.read(height, () => this.#tables.certificates.get(digest));
  }

  /** The digest of the final block at a height, from the tip or the block above; undefined when neither can be read. */
  #digestAt(height: Height): Digest | undefined {
    const tip = this.#host.tip();
    return height === tip.height ? tip.digest : this.headerAt(toHeight(height + 1n))?.parent;
  }

  /** The frontier on the disk, if that is sound; else made anew from the block below. */
  #frontierOf({ header, transactions }: Block): Frontier | undefined {
    const { blocks } = this.#tables;
    const held = soundOr(() => blocks.frontierAt(header.height));
    if (held !== undefined && isStateOf(held, header)) return held;
    const below = toHeight(header.height - 1n);
    const parent = below === 0n ? EMPTY_FRONTIER : this.frontierAt(below);
    if (parent === undefined) return undefined;
    const plain = appendLeaves(parent, transactions.map(stateLeafOf));
    // Most blocks leave the other sections as they are; those of the rest follow from the blocks before.
    const known = [parent.others, this.#othersAt(header.height)].filter((others) => others !== undefined);
    return [plain, ...known.map((others) => ({ ...plain, others }))].find((frontier) =>
      isStateOf(frontier, header),
    );
  }

  #found(height: Height, error: unknown): void {
    const [oldest] = this.#damaged;
    if (this.#damaged.size >= DAMAGED_HEIGHTS_MAX && oldest !== undefined) this.#damaged.delete(oldest);
    this.#damaged.add(height);
    const reason = error instanceof Error ? error.message : String(error);
    for (const listener of this.#listeners) listener(height, reason);
  }
}

/**
 * Codes of a sector that cannot be read, which say nothing of writing: SQLITE_IOERR_READ,
 * SQLITE_IOERR_SHORT_READ.
 */
const READ_FAULTS: readonly unknown[] = [10 | (1 << 8), 10 | (2 << 8)];

function isReadFault(error: Error): boolean {
  return 'errcode' in error && READ_FAULTS.includes(error.errcode);
}

function isStateOf(frontier: Frontier, { stateRoot }: BlockHeader): boolean {
  return frontierStateRoot(frontier) === stateRoot;
}

function soundOr<Value>(read: () => Value | undefined): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
