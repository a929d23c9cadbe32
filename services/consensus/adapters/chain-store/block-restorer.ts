import { assert } from '#libs/assert/assert.ts';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier } from '#libs/chain/frontier.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import { saysOfMembership } from '#libs/membership/membership.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { unsyncedTransaction } from '#libs/sqlite/database.ts';
import { isOfDisk } from '#libs/sqlite/database-error.ts';
import type { DamagedBlocks } from './damaged-blocks.ts';
import type { Tables } from './tables.ts';

export interface BlockRestorerParts {
  readonly tables: Tables;
  readonly damaged: DamagedBlocks;
  /** The state tree up to and with a final block; undefined when it cannot be read. */
  readonly frontierAt: (height: Height) => Frontier | undefined;
  /** The roots of the other sections of the state after a block, where they are known. */
  readonly othersAt: (height: Height) => readonly SectionRoot[] | undefined;
}

/** Writes damaged final blocks over with those that other members gave. */
export class BlockRestorer {
  readonly #parts: BlockRestorerParts;

  constructor(parts: BlockRestorerParts) {
    this.#parts = parts;
  }

  /** The state tree on the disk, if that is sound; else made anew from the block below; undefined when neither can be had. */
  frontierOf({ header, transactions }: Block): Frontier | undefined {
    const { tables, frontierAt, othersAt } = this.#parts;
    const held = soundOr(() => tables.blocks.frontierAt(header.height));
    if (held !== undefined && isStateOf(held, header)) return held;
    const below = toHeight(header.height - 1n);
    const parent = below === 0n ? EMPTY_FRONTIER : frontierAt(below);
    if (parent === undefined) return undefined;
    const plain = appendLeaves(parent, transactions.map(stateLeafOf));
    // Most blocks leave the other sections as they are; those of the rest follow from the blocks before.
    const known = [parent.others, othersAt(header.height)].filter((others) => others !== undefined);
    return [plain, ...known.map((others) => ({ ...plain, others }))].find((frontier) =>
      isStateOf(frontier, header),
    );
  }

  /** @returns false when the disk cannot be read where the block must be written: it stays missing. */
  restore(block: Block, frontier: Frontier, certificate: QuorumCertificate | undefined): boolean {
    const { tables, damaged } = this.#parts;
    const { height } = block.header;
    try {
      // A power cut may take it back, and it is found again.
      unsyncedTransaction(tables.db, () => this.#write(block, frontier, certificate));
    } catch (error) {
      // SQLite cannot write to a page that it cannot read either: the block stays missing, and the rest of the
      // file is as good as before.
      if (isOfDisk(error) && !isReadFault(error)) throw error;
      damaged.found(height, error);
      return false;
    }
    damaged.restored(height);
    return true;
  }

  #write(block: Block, frontier: Frontier, certificate: QuorumCertificate | undefined): void {
    const { blocks, final, certificates } = this.#parts.tables;
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
    const { final, certificates } = this.#parts.tables;
    const digest = final.certificateAt(height);
    try {
      return digest === undefined || certificates.get(digest).height === height;
    } catch {
      return false;
    }
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
