import type { DatabaseSync } from 'node:sqlite';
import { REPEATABLE_SLOTS_MAX } from '#libs/custody/limits.ts';
import { auditRowsOf } from './audit-row.ts';
import type { AuditRow } from './rules/audit-entry.ts';
import type { LoggedFacts } from './rules/log-against-state.ts';

/** The statements of the audit log in signer.db about the rest of that record. */
export function loggedFactsIn(database: DatabaseSync): LoggedFacts {
  const [replaced] = newest(database, "outcome IN ('IMPORTED', 'RECOVERY', 'EPOCH')", 1);
  const [mode] = newest(
    database,
    "outcome IN ('QUARANTINE', 'RETIRED', 'IMPORTED') OR (outcome = 'RECOVERY' AND kind = 'done')",
    1,
  );
  const [opened] = newest(database, "outcome = 'SESSION'", 1);
  const since = replaced?.sequence ?? 0n;
  const signed = newest(database, "outcome = 'SIGNED' AND sequence > ?", REPEATABLE_SLOTS_MAX, since);
  return { signed, mode, session: opened?.session ?? 0n };
}

/** The newest rows that a condition holds for, newest first. */
function newest(
  database: DatabaseSync,
  where: string,
  limit: number,
  ...values: bigint[]
): readonly AuditRow[] {
  const statement = database.prepare(
    `SELECT * FROM audit WHERE ${where} ORDER BY sequence DESC LIMIT ${limit}`,
  );
  statement.setReadBigInts(true);
  return auditRowsOf(statement.all(...values));
}
