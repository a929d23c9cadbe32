import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Of a database of one table that is there for a moment. */
const PROBE_NAME = '.folder-sync';

/**
 * Makes the names in a folder durable before it returns. Node refuses `fsync` of descriptors under `--permission`; there
 * SQLite does it: with `synchronous=EXTRA` it syncs the folder after it removed the journal of a transaction, and
 * says when that fails.
 */
export function syncFolderNow(path: string): void {
  if (process.permission !== undefined) return syncBySqlite(join(path, PROBE_NAME));
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function syncBySqlite(probe: string): void {
  for (const suffix of ['', '-journal']) rmSync(probe + suffix, { force: true });
  const database = new DatabaseSync(probe);
  try {
    database.exec(
      'PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; CREATE TABLE probe (id INTEGER)',
    );
  } finally {
    database.close();
    rmSync(probe, { force: true });
  }
}
