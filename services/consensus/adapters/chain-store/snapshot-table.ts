import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { type Digest, digestBytes, type Height, toHeight } from '#libs/chain/ids.ts';
import { decodeSections, encodeSections, type StateSection } from '#libs/chain/state-sections.ts';
import type { StagedSnapshot } from '#libs/engine/ports/snapshot-ports.ts';
import { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { certificateFromWire, certificateToWire } from '#libs/wire/certificate.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { decodeBlock, encodeHeader, encodeTransactions } from './block-codec.ts';
import { bigintOf, blobOf } from './columns.ts';

const HASH_BYTES = 32;

/** The height right above a gap, and the other sections of the state there. */
export interface GapBase {
  readonly height: Height;
  readonly others: readonly StateSection[];
}

/** A snapshot on its way, the transactions that are known by it alone, and where the gap below it ends. */
export class SnapshotTable {
  readonly #replace: StatementSync;
  readonly #select: StatementSync;
  readonly #setLast: StatementSync;
  readonly #delete: StatementSync;
  readonly #addHash: StatementSync;
  readonly #hasHash: StatementSync;
  readonly #forgetHashes: StatementSync;
  readonly #setBase: StatementSync;
  readonly #base: StatementSync;
  readonly #forgetBase: StatementSync;

  constructor(db: DatabaseSync) {
    this.#replace = db.prepare(
      'INSERT OR REPLACE INTO snapshot (id, header, transactions, certificate, size, roots, sections) VALUES (1, ?, ?, ?, ?, ?, ?)',
    );
    this.#select = db.prepare('SELECT * FROM snapshot');
    this.#setLast = db.prepare('UPDATE snapshot SET last = ?');
    this.#delete = db.prepare('DELETE FROM snapshot');
    this.#addHash = db.prepare('INSERT OR IGNORE INTO snapshot_transaction (hash) VALUES (?)');
    this.#hasHash = db.prepare('SELECT 1 FROM snapshot_transaction WHERE hash = ?');
    this.#forgetHashes = db.prepare('DELETE FROM snapshot_transaction');
    this.#setBase = db.prepare('INSERT INTO gap (id, base, sections) VALUES (1, ?, ?)');
    this.#base = db.prepare('SELECT base, sections FROM gap');
    this.#base.setReadBigInts(true);
    this.#forgetBase = db.prepare('DELETE FROM gap');
  }

  stage({ block, outline, others, certificate }: StagedSnapshot): void {
    this.#replace.run(
      encodeHeader(block.header),
      encodeTransactions(block.transactions),
      WireCertificate.encode(certificateToWire(certificate)).finish(),
      outline.size,
      Buffer.concat(outline.roots),
      encodeSections(others),
    );
  }

  staged(): StagedSnapshot | undefined {
    const row = this.#select.get();
    if (row === undefined) return undefined;
    const certificate = WireCertificate.decode(blobOf(row, 'certificate'));
    return {
      block: decodeBlock(blobOf(row, 'header'), blobOf(row, 'transactions')),
      certificate: certificateFromWire(certificate, WIRE_LIMITS),
      outline: { size: bigintOf(row, 'size'), roots: [...pieces(blobOf(row, 'roots'))] },
      others: sectionsOf(blobOf(row, 'sections')),
    };
  }

  /** Hashes of the last chunk of the staged snapshot, when it is a short one and held. */
  last(): Uint8Array | undefined {
    const row = this.#select.get();
    return row === undefined || row['last'] === null ? undefined : blobOf(row, 'last');
  }

  setLast(hashes: Uint8Array): void {
    this.#setLast.run(hashes);
  }

  unstage(): void {
    this.#delete.run();
  }

  addHashes(hashes: Uint8Array): void {
    for (const hash of pieces(hashes)) this.#addHash.run(hash);
  }

  hasHash(hash: Digest): boolean {
    return this.#hasHash.get(digestBytes(hash)) !== undefined;
  }

  /** The blocks below this height are not all held from now on. */
  openGap({ height, others }: GapBase): void {
    this.#setBase.run(height, encodeSections(others));
  }

  /**
   * The block right above the gap: its height, and the other sections of the state there; undefined when there
   * is no gap.
   */
  gapBelow(): GapBase | undefined {
    const row = this.#base.get();
    if (row === undefined) return undefined;
    return { height: toHeight(bigintOf(row, 'base')), others: sectionsOf(blobOf(row, 'sections')) };
  }

  /** All blocks are held: their transactions are known by them. */
  closeGap(): void {
    this.#forgetBase.run();
    this.#forgetHashes.run();
  }
}

/** @throws when the bytes are no sections. */
function sectionsOf(bytes: Uint8Array): readonly StateSection[] {
  const sections = decodeSections(bytes);
  assert(sections !== undefined, 'not sections of a state');
  return sections;
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += HASH_BYTES) yield bytes.subarray(at, at + HASH_BYTES);
}
