import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTables } from '#libs/protocol/vote/vote-table.ts';
import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { openDurably } from '#libs/sqlite/database.ts';
import { DatabaseError, diskFault, isOfDisk } from '#libs/sqlite/database-error.ts';
import type { KeyBinding, KeyHeader } from '../key/key-header.ts';
import { CustodyError } from '../words/errors.ts';
import { LEDGER_FILE_MODE } from '../words/file-names.ts';
import { LOG_PAGES_MAX } from '../words/limits.ts';
import { AuditTable } from './audit-table.ts';
import { ledgerRefused } from './ledger-fault.ts';
import { epochIn, installIn } from './ledger-rows.ts';
import { LEDGER_SCHEMA } from './ledger-schema.ts';
import { loggedFactsIn } from './logged-facts.ts';
import { breakText } from './rules/audit-verdict.ts';
import type { CustodyLedger } from './rules/custody-ledger.ts';
import { loggedAndForgotten } from './rules/log-against-state.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

const LOST_RECORD =
  'Without the record of what it signed, this key could sign twice, so it signs nothing. Put back signer.db (with ' +
  'signer.db-wal) exactly as it was when the key last signed; if that is gone, or if a copy is older, retire the key ' +
  'and give the member a new one.';

const bindingRow = z.object({
  scheme: z.enum(schemeNames()),
  public_key: z.instanceof(Uint8Array),
  chain: z.instanceof(Uint8Array),
  protocol: z.string(),
});

/** The owner that a record must have. */
export type LedgerOwner = Pick<KeyHeader, 'scheme' | 'publicKey'> & { readonly binding: KeyBinding };

/** The record, and its facts beside custody. */
export interface OpenedLedger {
  readonly ledger: CustodyLedger;
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly install: Uint8Array;
}

/**
 * Opens the record of this key on this chain, checks every page of it and every row of its audit log; never creates
 * one.
 * @param tables - The protocols whose rows of the audit log can be held against the lock. Nobody signs by a record of another.
 * @throws CustodyError `CUSTODY_RECORD_MISSING`, `CUSTODY_RECORD_CORRUPT`, `CUSTODY_RECORD_FOREIGN` or
 * `CUSTODY_AUDIT_BROKEN`.
 */
export async function openLedger(
  path: string,
  owner: LedgerOwner,
  tables: VoteTables = VOTE_TABLES,
): Promise<OpenedLedger> {
  if (!existsSync(path)) {
    throw ledgerRefused(
      'CUSTODY_RECORD_MISSING',
      path,
      `it is gone, but the key was bound to a chain. ${LOST_RECORD}`,
    );
  }
  const database = await openedOrCorrupt(path);
  try {
    checkPages(database, path);
    checkOwner(path, bindingOf(database), owner);
    checkAudit(database, path);
    const ledger = new SqliteLedger(database, LOG_PAGES_MAX);
    checkState(database, path, { ledger, tables });
    return { ledger, ...epochIn(database, ledger.state().epoch), install: installIn(database) };
  } catch (cause) {
    database.close();
    if (cause instanceof CustodyError) throw cause;
    if (isOfDisk(cause)) throw diskFault(path, cause);
    throw ledgerRefused('CUSTODY_RECORD_CORRUPT', path, `its content makes no sense. ${LOST_RECORD}`, cause);
  }
}

/** A record that another process holds, or that a newer program wrote, is neither lost nor damaged. */
async function openedOrCorrupt(path: string): Promise<DatabaseSync> {
  try {
    return await openDurably(path, { schema: LEDGER_SCHEMA, fileMode: LEDGER_FILE_MODE, mustExist: true });
  } catch (cause) {
    if (cause instanceof DatabaseError && cause.detail.code !== 'DATABASE_CORRUPT') throw cause;
    throw ledgerRefused(
      'CUSTODY_RECORD_CORRUPT',
      path,
      `it cannot be opened or is damaged. ${LOST_RECORD}`,
      cause,
    );
  }
}

function checkPages(database: DatabaseSync, path: string): void {
  const verdict = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
  if (verdict === 'ok') return;
  throw ledgerRefused('CUSTODY_RECORD_CORRUPT', path, `it is damaged (${String(verdict)}). ${LOST_RECORD}`);
}

function checkAudit(database: DatabaseSync, path: string): void {
  const fault = new AuditTable(database).fault();
  if (fault === undefined) return;
  throw new CustodyError(`signer record ${path}, its audit log: ${breakText(fault)}. ${LOST_RECORD}`, {
    ...{ code: 'CUSTODY_AUDIT_BROKEN', path },
    verdict: fault.verdict,
  });
}

/** The log is consistent; the rest of the record must agree with it. */
function checkState(
  database: DatabaseSync,
  path: string,
  { ledger, tables }: { readonly ledger: CustodyLedger; readonly tables: VoteTables },
): void {
  const state = ledger.state();
  const forgotten = loggedAndForgotten(state, loggedFactsIn(database), tables.get(state.protocol));
  if (forgotten === undefined) return;
  const reason = `its audit log says that ${forgotten}, and the rest of it does not know: somebody edited it`;
  throw ledgerRefused('CUSTODY_RECORD_CORRUPT', path, `${reason}. ${LOST_RECORD}`);
}

function bindingOf(database: DatabaseSync): LedgerOwner {
  const row = bindingRow.parse(
    database.prepare('SELECT scheme, public_key, chain, protocol FROM binding').get(),
  );
  const binding = { chain: toDigest(toHex(row.chain)), protocol: row.protocol };
  return { scheme: row.scheme, publicKey: row.public_key, binding };
}

function checkOwner(path: string, found: LedgerOwner, owner: LedgerOwner): void {
  const another = [
    equalBytes(found.publicKey, owner.publicKey) && found.scheme === owner.scheme ? [] : ['key'],
    found.binding.chain === owner.binding.chain ? [] : ['chain'],
    found.binding.protocol === owner.binding.protocol ? [] : ['protocol'],
  ].flat();
  if (another.length === 0) return;
  const reason = `it is of another ${another.join(' and ')} than signer.key: put back the two files that belong together`;
  throw ledgerRefused('CUSTODY_RECORD_FOREIGN', path, reason);
}
