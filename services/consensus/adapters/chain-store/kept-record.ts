import type { Digest } from '#libs/chain/ids.ts';
import type { HostedProtocol, HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { transaction } from '#libs/sqlite/database.ts';
import type { RecordState } from './record-table.ts';
import type { Tables } from './tables.ts';

/** The safety record on disk, and the blocks that it refers to: these are never thrown away while undecided. */
export class KeptRecord {
  readonly #tables: Pick<Tables, 'db' | 'record'>;
  readonly #founding: HostedProtocol;
  #blocks: readonly Digest[] = [];

  /** @param founding - The protocol of a record that does not say its own. */
  constructor(tables: Pick<Tables, 'db' | 'record'>, founding: HostedProtocol) {
    this.#tables = tables;
    this.#founding = founding;
  }

  get blocks(): readonly Digest[] {
    return this.#blocks;
  }

  save(record: HostedRecord): void {
    transaction(this.#tables.db, () => this.#tables.record.save(record));
    this.#blocks = record.blocks;
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
