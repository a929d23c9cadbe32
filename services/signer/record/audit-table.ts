import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { digestBytes } from '#libs/chain/ids.ts';
import { AUDIT_PAGE_ROWS, AUDIT_ROWS_MAX } from '../words/limits.ts';
import { auditRowsOf } from './audit-row.ts';
import {
  AUDIT_START,
  type AuditEnd,
  type AuditEntry,
  type AuditRow,
  auditEnd,
  nextRow,
} from './rules/audit-entry.ts';
import type { AuditBreak } from './rules/audit-verdict.ts';

const endSchema = z.object({ sequence: z.bigint(), hash: z.instanceof(Uint8Array) });

/** The hash-chained log in signer.db. Adds inside the transaction of its caller. */
export class AuditTable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #page: StatementSync;
  #end: AuditEnd;
  #starts: bigint;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO audit (sequence, at_ms, outcome, session, epoch, instance, view, kind, digest, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#page = database.prepare('SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?');
    this.#page.setReadBigInts(true);
    this.#end = this.#storedEnd();
    this.#starts = startsIn(database);
  }

  /** Rows that say STARTED. */
  get starts(): bigint {
    return this.#starts;
  }

  get end(): AuditEnd {
    return this.#end;
  }

  /** Inside a transaction. @returns the new end, for `took` once the transaction is through. */
  add(entry: AuditEntry): AuditEnd {
    const row = nextRow(this.#end, entry);
    const { sequence, atMs, outcome, session, epoch, instance, view, kind, digest, hash } = row;
    this.#insert.run(
      sequence,
      atMs,
      outcome,
      session,
      epoch,
      instance,
      view,
      kind,
      digestBytes(digest),
      hash,
    );
    if (outcome === 'STARTED') this.#starts += 1n;
    if (sequence % BigInt(AUDIT_ROWS_MAX) === 0n) this.#cut(sequence - BigInt(AUDIT_ROWS_MAX));
    return row;
  }

  /** The transaction that added up to `end` is through. */
  took(end: AuditEnd): void {
    this.#end = end;
  }

  rows(after: bigint, limit: number): readonly AuditRow[] {
    return auditRowsOf(this.#page.all(after, limit));
  }

  /** Hashes the whole log again. @returns the first row that does not follow from the one before, or undefined. */
  fault(): AuditBreak | undefined {
    let end = this.start;
    for (;;) {
      const page = this.rows(end.sequence, AUDIT_PAGE_ROWS);
      const next = auditEnd(end, page);
      if ('broken' in next) return next;
      if (page.length < AUDIT_PAGE_ROWS) return undefined;
      end = next;
    }
  }

  /** Drops rows older than the newest AUDIT_ROWS_MAX, and keeps the hash that the rest hangs on. */
  #cut(sequence: bigint): void {
    if (sequence <= 0n) return;
    this.#database
      .prepare(
        'INSERT OR REPLACE INTO audit_anchor (id, sequence, hash) SELECT 1, sequence, hash FROM audit WHERE sequence = ?',
      )
      .run(sequence);
    this.#database.prepare('DELETE FROM audit WHERE sequence <= ?').run(sequence);
  }

  /** The end that the oldest kept row follows. */
  get start(): AuditEnd {
    const statement = this.#database.prepare('SELECT sequence, hash FROM audit_anchor');
    statement.setReadBigInts(true);
    const row = statement.get();
    return row === undefined ? AUDIT_START : endSchema.parse(row);
  }

  #storedEnd(): AuditEnd {
    const statement = this.#database.prepare(
      'SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1',
    );
    statement.setReadBigInts(true);
    const row = statement.get();
    return row === undefined ? this.start : endSchema.parse(row);
  }
}

function startsIn(database: DatabaseSync): bigint {
  const statement = database.prepare("SELECT count(*) AS starts FROM audit WHERE outcome = 'STARTED'");
  statement.setReadBigInts(true);
  return z.object({ starts: z.bigint() }).parse(statement.get()).starts;
}
