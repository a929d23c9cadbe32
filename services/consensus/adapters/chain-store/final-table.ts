import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, type Height, toDigest, toHeight } from '#libs/chain/ids.ts';
import type { TransactionPosition } from '../../core/ports.ts';
import { bigintOf, blobOf, type Row } from './columns.ts';

/** A height and the digest of the certificate that it has of its own. */
export interface ProvenHeight {
  readonly height: Height;
  readonly certificate: Digest;
}

/** Final history: heights, the certificates that prove them, and the position of each transaction. */
export class FinalTable {
  readonly #insert: StatementSync;
  readonly #tip: StatementSync;
  readonly #below: StatementSync;
  readonly #proof: StatementSync;
  readonly #proofWithin: StatementSync;
  readonly #proofs: StatementSync;
  readonly #certificate: StatementSync;
  readonly #setCertificate: StatementSync;
  readonly #insertTransaction: StatementSync;
  readonly #replaceTransaction: StatementSync;
  readonly #position: StatementSync;
  readonly #insertMembership: StatementSync;
  readonly #replaceMembership: StatementSync;
  readonly #membership: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT INTO final (height, block, certificate) VALUES (?, ?, ?)');
    this.#tip = db.prepare('SELECT max(height) AS height FROM final');
    this.#below = db.prepare('SELECT height FROM final WHERE height < ? ORDER BY height DESC LIMIT 1');
    this.#proof = db.prepare(
      'SELECT height, certificate FROM final WHERE height >= ? AND certificate IS NOT NULL ORDER BY height LIMIT 1',
    );
    this.#proofWithin = db.prepare(
      'SELECT height, certificate FROM final WHERE height BETWEEN ? AND ? AND certificate IS NOT NULL ORDER BY height DESC LIMIT 1',
    );
    this.#proofs = db.prepare(
      'SELECT height, certificate FROM final WHERE height >= ? AND certificate IS NOT NULL ORDER BY height LIMIT ?',
    );
    this.#certificate = db.prepare('SELECT certificate FROM final WHERE height = ?');
    this.#setCertificate = db.prepare('UPDATE final SET certificate = ? WHERE height = ?');
    this.#replaceTransaction = db.prepare(
      'INSERT OR REPLACE INTO final_transaction (hash, height, position) VALUES (?, ?, ?)',
    );
    this.#insertTransaction = db.prepare(
      'INSERT INTO final_transaction (hash, height, position) VALUES (?, ?, ?)',
    );
    this.#position = db.prepare('SELECT height, position FROM final_transaction WHERE hash = ?');
    this.#insertMembership = db.prepare('INSERT INTO membership_block (height) VALUES (?)');
    this.#replaceMembership = db.prepare('INSERT OR IGNORE INTO membership_block (height) VALUES (?)');
    this.#membership = db.prepare('SELECT height FROM membership_block ORDER BY height');
    const proofs = [this.#proof, this.#proofs, this.#proofWithin];
    const wide = [this.#tip, this.#below, ...proofs, this.#position, this.#membership];
    for (const statement of wide) statement.setReadBigInts(true);
  }

  insert(height: Height, block: bigint, certificate: Digest | undefined): void {
    this.#insert.run(height, block, certificate === undefined ? null : digestBytes(certificate));
  }

  insertTransactions(height: Height, hashes: readonly Digest[]): void {
    for (const [position, hash] of hashes.entries()) {
      this.#insertTransaction.run(digestBytes(hash), height, position);
    }
  }

  /** The block of this height says something of the membership. */
  insertMembership(height: Height): void {
    this.#insertMembership.run(height);
  }

  /** Ascending. */
  membershipHeights(): readonly Height[] {
    return this.#membership.all().map((row) => toHeight(bigintOf(row, 'height')));
  }

  /** The newest final height; undefined in a new database. */
  tip(): Height | undefined {
    const row = this.#tip.get();
    return row === undefined || row['height'] === null ? undefined : toHeight(bigintOf(row, 'height'));
  }

  /** The highest final block below a height. */
  highestBelow(height: Height): Height {
    const row = this.#below.get(height);
    assert(row !== undefined, 'genesis is below every height');
    return toHeight(bigintOf(row, 'height'));
  }

  /** The lowest height from `height` on that has a certificate of its own: it proves all below it. */
  proofFrom(height: Height): ProvenHeight | undefined {
    const row = this.#proof.get(height);
    return row && proofOf(row);
  }

  /** The lowest heights from `height` on that have certificates of their own, ascending. */
  provenFrom(height: Height, countMax: number): readonly ProvenHeight[] {
    return this.#proofs.all(height, countMax).map(proofOf);
  }

  /** The highest height between two, inclusive, that has a certificate of its own. */
  proofWithin(from: Height, to: Height): ProvenHeight | undefined {
    const row = this.#proofWithin.get(from, to);
    return row && proofOf(row);
  }

  /** The certificate that a block has of its own. */
  certificateAt(height: Height): Digest | undefined {
    const row = this.#certificate.get(height);
    return row === undefined || row['certificate'] === null ? undefined : certificateOf(row);
  }

  /** Undefined: it has none of its own. */
  setCertificate(height: Height, certificate: Digest | undefined): void {
    this.#setCertificate.run(certificate === undefined ? null : digestBytes(certificate), height);
  }

  /** Says anew where the transactions of a block are. */
  replaceTransactions(height: Height, hashes: readonly Digest[]): void {
    for (const [position, hash] of hashes.entries()) {
      this.#replaceTransaction.run(digestBytes(hash), height, position);
    }
  }

  /** The block of this height says something of the membership, whether that was known or not. */
  replaceMembership(height: Height): void {
    this.#replaceMembership.run(height);
  }

  positionOf(hash: Digest): TransactionPosition | undefined {
    const row = this.#position.get(digestBytes(hash));
    if (row === undefined) return undefined;
    return { height: toHeight(bigintOf(row, 'height')), index: Number(bigintOf(row, 'position')) };
  }
}

function proofOf(row: Row): ProvenHeight {
  return { height: toHeight(bigintOf(row, 'height')), certificate: certificateOf(row) };
}

function certificateOf(row: Row): Digest {
  return toDigest(toHex(blobOf(row, 'certificate')));
}
