import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import { CHUNK_BYTES, CHUNK_TRANSACTIONS, chunkRoot, completeChunks } from '#libs/chain/state-chunks.ts';
import { bigintOf, blobOf } from './columns.ts';

const HASH_BYTES = CHUNK_BYTES / CHUNK_TRANSACTIONS;

/**
 * The state: hashes of all final transactions, in order. Complete chunks with their roots, and behind them a tail of
 * one row for each block, out of which a chunk is made as soon as it is complete. A chunk above the tail belongs to a
 * snapshot that is being taken: verified against a decided state, so it is what will stand there.
 */
export class StateTable {
  readonly #insertTail: StatementSync;
  readonly #tail: StatementSync;
  readonly #deleteTail: StatementSync;
  readonly #insertChunk: StatementSync;
  readonly #chunk: StatementSync;
  readonly #roots: StatementSync;
  readonly #end: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insertTail = db.prepare('INSERT INTO state_tail (first, hashes) VALUES (?, ?)');
    this.#tail = db.prepare('SELECT hashes FROM state_tail ORDER BY first');
    this.#deleteTail = db.prepare('DELETE FROM state_tail');
    this.#insertChunk = db.prepare(
      'INSERT OR IGNORE INTO state_chunk (number, root, hashes) VALUES (?, ?, ?)',
    );
    this.#chunk = db.prepare('SELECT hashes FROM state_chunk WHERE number = ?');
    this.#roots = db.prepare('SELECT number, root FROM state_chunk WHERE number < ? ORDER BY number');
    this.#end = db.prepare(
      'SELECT first + length(hashes) / 32 AS size FROM state_tail ORDER BY first DESC LIMIT 1',
    );
  }

  /** Adds the transactions of the next block; `first` is how many there are before. */
  append(first: bigint, hashes: readonly Digest[]): void {
    if (hashes.length === 0) return;
    this.#insertTail.run(first, Buffer.concat(hashes.map(digestBytes)));
    const chunks = (size: number) => Math.floor(size / CHUNK_TRANSACTIONS);
    const before = chunks(Number(first));
    if (chunks(Number(first) + hashes.length) > before) this.#cut(before);
  }

  /** Replaces the tail: the state ends with these hashes now, all in one chunk. */
  replaceTail(first: bigint, hashes: Uint8Array): void {
    this.#deleteTail.run();
    if (hashes.length > 0) this.#insertTail.run(first, hashes);
  }

  /** Keeps a complete chunk. */
  put(number: number, root: Uint8Array, hashes: Uint8Array): void {
    this.#insertChunk.run(number, root, hashes);
  }

  /** Roots of the complete chunks below a number that are held, by number. */
  rootsBelow(number: number): ReadonlyMap<number, Uint8Array> {
    return new Map(
      this.#roots.all(number).map((row) => [Number(bigintOf(row, 'number')), blobOf(row, 'root')]),
    );
  }

  /** The first so many hashes of a chunk, complete or not; undefined when they are not held. */
  hashes(number: number, count: number): Uint8Array | undefined {
    const row = this.#chunk.get(number);
    const bytes = row === undefined ? this.#tailBytes() : blobOf(row, 'hashes');
    return bytes.length < count * HASH_BYTES ? undefined : bytes.subarray(0, count * HASH_BYTES);
  }

  /** Whether the state is complete up to this size. */
  isOfSize(size: bigint): boolean {
    const row = this.#end.get();
    const chunks = completeChunks(size);
    if (row === undefined)
      return size % BigInt(CHUNK_TRANSACTIONS) === 0n && this.rootsBelow(chunks).size === chunks;
    return bigintOf(row, 'size') === size && this.rootsBelow(chunks).size === chunks;
  }

  /** Makes chunks, from this number on, of all in the tail that is complete. */
  #cut(firstNumber: number): void {
    const bytes = this.#tailBytes();
    const count = Math.floor(bytes.length / CHUNK_BYTES);
    for (let at = 0; at < count; at++) {
      const hashes = bytes.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES);
      this.put(firstNumber + at, chunkRoot(hashes), hashes);
    }
    const next = BigInt(firstNumber + count) * BigInt(CHUNK_TRANSACTIONS);
    this.replaceTail(next, bytes.subarray(count * CHUNK_BYTES));
  }

  /** The bytes behind the last complete chunk. */
  #tailBytes(): Uint8Array {
    return Buffer.concat(this.#tail.all().map((row) => blobOf(row, 'hashes')));
  }
}
