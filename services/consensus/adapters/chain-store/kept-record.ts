import type { Digest } from '#libs/chain/ids.ts';
import type { HostedProtocol, HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { transaction } from '#libs/sqlite/database.ts';
import type { RecordState } from './record-table.ts';
import type { Tables } from './tables.ts';

/**
 * The safety record: the newest, and the one on disk, which is older until a transaction takes the newest there. The blocks that either
 * refers to are never thrown away while undecided.
 */
export class KeptRecord {
  readonly #tables: Pick<Tables, 'db' | 'record'>;
  readonly #founding: HostedProtocol;
  /** The newest record, until it is on disk. */
  #owed: HostedRecord | undefined;
  /** Blocks of the record on disk. */
  #blocks: readonly Digest[] = [];

  /** @param founding - The protocol of a record that does not say its own. */
  constructor(tables: Pick<Tables, 'db' | 'record'>, founding: HostedProtocol) {
    this.#tables = tables;
    this.#founding = founding;
  }

  get blocks(): readonly Digest[] {
    return [...this.#blocks, ...(this.#owed?.blocks ?? [])];
  }

  put(record: HostedRecord): void {
    this.#owed = record;
  }

  /** @returns whether anything had to be written. */
  flush(): boolean {
    if (this.#owed === undefined) return false;
    this.writtenWith(() => {});
    return true;
  }

  /** Does `write` and writes the record that is owed, in one transaction: all of it is durable when this returns, or nothing. */
  writtenWith(write: () => void): void {
    const record = this.#owed;
    transaction(this.#tables.db, () => {
      write();
      if (record !== undefined) this.#tables.record.save(record);
    });
    if (record !== undefined) this.#blocks = record.blocks;
    this.#owed = undefined;
  }

  /** @throws ChainError RECORD_CORRUPT: the member must not vote. */
  load(): HostedRecord | undefined {
    const record = this.#tables.record.load(this.#founding);
    if (record !== undefined) this.#blocks = record.blocks;
    return record;
  }

  /**
   * Whether a safety record is there, was never saved, or is missing. Blocks alone do not make it missing: a
   * member that fetched the chain and was killed before its first vote is as free as a new one. Nothing is
   * signed before a record is saved, and the first save is marked.
   */
  state(): RecordState {
    if (this.load() !== undefined) return 'present';
    return this.#tables.record.wasEverSaved ? 'missing' : 'virgin';
  }
}
