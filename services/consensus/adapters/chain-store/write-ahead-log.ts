import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { bigintOf } from './columns.ts';

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
    const row = this.#look.get() ?? {};
    return Number(bigintOf(row, 'log') - bigintOf(row, 'checkpointed'));
  }

  /** Moves them there: a sync of the log, and one of the database. */
  foldIn(): void {
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }
}
