import type { Digest } from '#libs/chain/ids.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { transaction } from '#libs/sqlite/database.ts';
import { blocksNamedBy } from './record-codec.ts';
import type { RecordState } from './record-table.ts';
import type { Tables } from './tables.ts';

/** The safety record on disk, and the blocks that it refers to: these are never thrown away while undecided. */
export class KeptRecord {
  readonly #tables: Pick<Tables, 'db' | 'record'>;
  #blocks: readonly Digest[] = [];

  constructor(tables: Pick<Tables, 'db' | 'record'>) {
    this.#tables = tables;
  }

  get blocks(): readonly Digest[] {
    return this.#blocks;
  }

  save(record: SafetyRecord): void {
    transaction(this.#tables.db, () => this.#tables.record.save(record));
    this.#blocks = blocksNamedBy(record);
  }

  /** @throws ChainError RECORD_CORRUPT: the member must not vote. */
  load(): SafetyRecord | undefined {
    const record = this.#tables.record.load();
    if (record !== undefined) this.#blocks = blocksNamedBy(record);
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
