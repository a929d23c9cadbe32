import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Block, type BlockHeader, headerDigest } from '#libs/chain/block.ts';
import { encodeFrontier, type Frontier } from '#libs/chain/frontier.ts';
import { type Digest, digestBytes, type Height, toDigest, toHeight } from '#libs/chain/ids.ts';
import {
  decodeBlock,
  decodeHeader,
  decodeStoredFrontier,
  encodeHeader,
  encodeTransactions,
} from './block-codec.ts';
import { bigintOf, blobOf, type Row } from './columns.ts';
import type { UndecidedBlock } from './undecided-blocks.ts';

/** Rows of blocks, final or not. Every block that is read is checked against its digest. */
export class BlockTable {
  readonly #insert: StatementSync;
  readonly #replace: StatementSync;
  readonly #delete: StatementSync;
  readonly #undecided: StatementSync;
  readonly #headerAt: StatementSync;
  readonly #blockAt: StatementSync;
  readonly #frontierAt: StatementSync;
  readonly #heightOf: StatementSync;

  constructor(db: DatabaseSync) {
    const FINAL = 'FROM final JOIN block ON block.id = final.block WHERE final.height = ?';
    this.#insert = db.prepare(
      'INSERT INTO block (digest, header, frontier, transactions) VALUES (?, ?, ?, ?) RETURNING id',
    );
    this.#replace = db.prepare(
      `UPDATE block SET digest = ?, header = ?, frontier = ?, transactions = ?
       WHERE id = (SELECT block FROM final WHERE height = ?) RETURNING id`,
    );
    this.#delete = db.prepare('DELETE FROM block WHERE id = ?');
    this.#undecided = db.prepare(
      'SELECT * FROM block WHERE NOT EXISTS (SELECT 1 FROM final WHERE final.block = block.id)',
    );
    this.#headerAt = db.prepare(`SELECT digest, header ${FINAL}`);
    this.#blockAt = db.prepare(`SELECT digest, header, transactions ${FINAL}`);
    this.#frontierAt = db.prepare(`SELECT frontier ${FINAL}`);
    this.#heightOf = db.prepare(
      'SELECT height FROM block JOIN final ON final.block = block.id WHERE digest = ?',
    );
    this.#heightOf.setReadBigInts(true);
  }

  /** @returns the id of the row. */
  insert({ header, digest, transactions }: Block, frontier: Frontier): bigint {
    const row = this.#insert.get(
      digestBytes(digest),
      encodeHeader(header),
      encodeFrontier(frontier),
      encodeTransactions(transactions),
    );
    assert(row !== undefined, 'an inserted row has an id');
    return bigintOf(row, 'id');
  }

  /** Writes a final block over the row of its height. @returns false when there is no row of that height. */
  replaceAt(height: Height, { header, digest, transactions }: Block, frontier: Frontier): boolean {
    const row = this.#replace.get(
      digestBytes(digest),
      encodeHeader(header),
      encodeFrontier(frontier),
      encodeTransactions(transactions),
      height,
    );
    return row !== undefined;
  }

  delete(id: bigint): void {
    this.#delete.run(id);
  }

  /** Blocks without a height, in no order. */
  undecided(): readonly UndecidedBlock[] {
    return this.#undecided.all().map((row) => ({
      id: bigintOf(row, 'id'),
      block: blockOf(row),
      frontier: decodeStoredFrontier(blobOf(row, 'frontier')),
    }));
  }

  headerAt(height: Height): BlockHeader | undefined {
    const row = this.#headerAt.get(height);
    if (row === undefined) return undefined;
    const header = decodeHeader(blobOf(row, 'header'));
    assert(headerDigest(header) === digestOf(row), `header ${height} is damaged`);
    return header;
  }

  blockAt(height: Height): Block | undefined {
    const row = this.#blockAt.get(height);
    return row === undefined ? undefined : blockOf(row);
  }

  frontierAt(height: Height): Frontier | undefined {
    const row = this.#frontierAt.get(height);
    return row === undefined ? undefined : decodeStoredFrontier(blobOf(row, 'frontier'));
  }

  /** Height of a final block. */
  heightOf(digest: Digest): Height | undefined {
    const row = this.#heightOf.get(digestBytes(digest));
    return row === undefined ? undefined : toHeight(bigintOf(row, 'height'));
  }
}

function blockOf(row: Row): Block {
  const block = decodeBlock(blobOf(row, 'header'), blobOf(row, 'transactions'));
  assert(block.digest === digestOf(row), `block ${block.header.height} is damaged`);
  return block;
}

function digestOf(row: Row): Digest {
  return toDigest(toHex(blobOf(row, 'digest')));
}
