import type { SafetyStore } from '#libs/replica/ports.ts';
import type { Disk } from '../disk/disk.ts';

export interface OwedRecordParts<Record> {
  readonly disk: Disk<Record>;
  /** Does an effect, unless the instance crashes before or after it. @throws SimulatedCrash */
  effect(name: string, run: () => void): void;
  /** Asked when a record is put; the answer is called once that record is durable. */
  witness(): Witness<Record>;
}

type Witness<Record> = (before: Record | undefined, after: Record) => void;

/**
 * The safety record of one life: in memory, and gone with a crash, until it is flushed or a commit takes it to the disk. A crash may
 * come before, between and after the writes.
 */
export class OwedRecord<Record> implements SafetyStore<Record> {
  readonly #parts: OwedRecordParts<Record>;
  #newest: Record | undefined;
  #owed: { readonly record: Record; readonly saved: Witness<Record> } | undefined;

  constructor(parts: OwedRecordParts<Record>) {
    this.#parts = parts;
  }

  /** Whether a power cut could take the newest record: nothing may leave then. */
  get isOwed(): boolean {
    return this.#newest !== undefined && this.#parts.disk.durable !== this.#newest;
  }

  putRecord(record: Record): void {
    this.#newest = record;
    this.#owed = { record, saved: this.#parts.witness() };
  }

  flush(): void {
    if (this.#owed === undefined) return;
    const { disk, effect } = this.#parts;
    const before = disk.record;
    const { record } = this.#owed;
    effect('save', () => disk.append(record));
    effect('sync', () => this.#sync(before));
  }

  /** Writes blocks, and the record that is owed with them, and syncs: as of a transaction, a crash takes all of it or nothing. */
  commit(write: () => void): void {
    const { disk, effect } = this.#parts;
    effect('commit', () => {
      const before = disk.record;
      if (this.#owed !== undefined) disk.append(this.#owed.record);
      write();
      this.#sync(before);
    });
  }

  #sync(before: Record | undefined): void {
    this.#parts.disk.sync();
    const owed = this.#owed;
    this.#owed = undefined;
    owed?.saved(before, owed.record);
  }
}
