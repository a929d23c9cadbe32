import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { syncFolder } from '#libs/files/atomic-file.ts';
import { corruptFile, DatabaseError, describedError } from './database-error.ts';

export interface DatabaseOptions {
  /** SQL of each schema version, oldest first: the first n steps make version n. Never edit a released step. */
  readonly schema: readonly string[];
  /** Mode of the file, for example 0o600. */
  readonly fileMode: number;
  /** Refuse to create a database that is not there: its loss must not pass for a fresh start. */
  readonly mustExist?: boolean;
  /** Read every INTEGER as a bigint; otherwise one beyond 2^53 is refused when it is read. */
  readonly readBigInts?: boolean;
}

/**
 * Opens a database for one process alone, durable at each commit (WAL, `synchronous=FULL`), checked for damage, and
 * brought to the newest schema. The names of file and log are durable once the folder is synced. The caller must do
 * that (`openDurably` does): SQLite syncs the folder for the log alone, and ignores a failure of it; and a database
 * whose log is gone after a power cut has been set back.
 *
 * @throws DatabaseError naming the file, its fault and the remedy.
 */
export function openDatabase(path: string, options: DatabaseOptions): DatabaseSync {
  if (options.mustExist === true && !existsSync(path)) {
    throw new DatabaseError(
      `${path} is missing: restore it, or see the recovery section of the service's README`,
      {
        code: 'DATABASE_MISSING',
        path,
      },
    );
  }
  let database: DatabaseSync | undefined;
  try {
    createFile(path, options.fileMode);
    // The timeout is 0: a process holds the file for its whole life, so waiting would not help.
    database = new DatabaseSync(path, { timeout: 0, readBigInts: options.readBigInts ?? false });
    prepare(database, path);
    migrate(database, path, options.schema);
    return database;
  } catch (error) {
    database?.close();
    throw describedError(error, path);
  }
}

/** Opens like `openDatabase`; the names of the files are durable in their folder when the promise resolves. */
export async function openDurably(path: string, options: DatabaseOptions): Promise<DatabaseSync> {
  const database = openDatabase(path, options);
  try {
    await syncFolder(dirname(path));
    return database;
  } catch (error) {
    database.close();
    throw describedError(error, path);
  }
}

/**
 * Runs `work` in one transaction without waiting for the disk. The transaction outlives this process, also `kill -9`,
 * but a power cut may undo it, alone or with later ones. The next synced transaction makes it durable too, because
 * the log is synced as a whole.
 */
export function unsyncedTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    return transaction(database, work);
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}

/** Runs `work` in one transaction: all of it is durable when this returns, or nothing of it happened. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    assert(!(result instanceof Promise), 'a transaction must not wait: others would write into it');
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Makes the file before SQLite does: SQLite gives it, and then its WAL, the mode it finds. A file that is
 * there is not opened: closing any descriptor of it drops the lock that another connection of this process holds
 * (fcntl), and so must nobody else open the file of a running service from inside.
 */
function createFile(path: string, mode: number): void {
  if (!existsSync(path)) closeSync(openSync(path, 'ax', mode));
  chmodSync(path, mode);
}

function prepare(database: DatabaseSync, path: string): void {
  // The exclusive lock is taken by the first write and kept: a second process on this file is refused.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('BEGIN EXCLUSIVE; COMMIT');
  const row = database.prepare('PRAGMA quick_check(1)').get();
  const verdict = row?.['quick_check'];
  if (verdict !== 'ok') throw corruptFile(path, String(verdict));
  foldLogIn(database);
}

/**
 * Writes all of the log into the database, and syncs it. The process before may have ended because a sync of the log
 * failed; the system returns unsynced pages as if they were on disk, until the power fails. No new work may rest on
 * such pages.
 */
function foldLogIn(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA wal_checkpoint(FULL)').get();
  const isWhole = Number(row?.['busy']) === 0 && row?.['log'] === row?.['checkpointed'];
  assert(isWhole, 'the log of a database is folded in whole');
}

function migrate(database: DatabaseSync, path: string, schema: readonly string[]): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > schema.length) {
    throw new DatabaseError(
      `${path} has schema ${version}, this program knows ${schema.length}: run the newer program that wrote it`,
      { code: 'DATABASE_NEWER', path },
    );
  }
  for (const [index, step] of schema.entries()) {
    if (index < version) continue;
    transaction(database, () => {
      database.exec(step);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
  // Without STRICT a column takes any type, and a text in a column of numbers is found too late.
  const loose = database
    .prepare(
      `SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'`,
    )
    .all();
  assert(loose.length === 0, `tables must be STRICT: ${loose.map((row) => row['name']).join(', ')}`);
}
