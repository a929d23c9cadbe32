import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The log of the database: all that is written lies there first, and is durable there. */
export class WriteAheadLog {
  readonly #db: DatabaseSync;
  readonly #look: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  }

  /** Pages that are not in the database yet. */
  get pages(): number {
    const { log, checkpointed } = this.#look.get() ?? {};
    return Number(log) - Number(checkpointed);
  }

  /** Moves them there: a sync of the log, and one of the database. */
  foldIn(): void {
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }
}
