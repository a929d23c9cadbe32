import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestBytes, type Epoch, toDigest, toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { syncFolder } from '#libs/files/atomic-file.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import { type ValidatorFacts, type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import { openDurably, transaction } from '#libs/sqlite/database.ts';
import { DatabaseError, diskFault, isOfDisk } from '#libs/sqlite/database-error.ts';
import type { KeyBinding, KeyHeader } from '../key/key-header.ts';
import { CustodyError, type CustodyFault } from '../words/errors.ts';
import { AuditTable } from './audit-table.ts';
import { AutomaticTable } from './automatic-table.ts';
import { epochIn, installIn, putEpoch } from './ledger-rows.ts';
import { LEDGER_SCHEMA } from './ledger-schema.ts';
import { breakText } from './rules/audit-verdict.ts';
import type { CustodyLedger } from './rules/custody-ledger.ts';
import { loggedAndForgotten } from './rules/log-against-state.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

const FILE_MODE = 0o600;
const INSTALL_BYTES = 16;
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

/** The members of the first epoch, and the block that it starts from, according to the genesis. */
export interface FirstEpoch {
  /** 0, unless the record continues another one. */
  readonly epoch?: Epoch;
  readonly members: readonly ValidatorFacts[];
  readonly root: EpochRoot;
  /** How few members the genesis allows; without it the key never votes for a change by itself. */
  readonly membersMin?: number | undefined;
}

/** The record, and its facts beside custody. */
export interface OpenedLedger {
  readonly ledger: CustodyLedger;
  readonly set: ValidatorSet;
  readonly root: EpochRoot;
  readonly install: Uint8Array;
}

/**
 * Makes the record of a key that never signed: whole or not at all, because half a record would stop the signer for
 * ever.
 * @param goOn - Writes further facts into the record before it first becomes visible.
 * @throws CustodyError `CUSTODY_RECORD_EXISTS`.
 */
export async function createLedger(
  path: string,
  owner: LedgerOwner,
  first: FirstEpoch,
  goOn: (ledger: CustodyLedger) => void = () => {},
): Promise<void> {
  if (existsSync(path)) throw refused('CUSTODY_RECORD_EXISTS', path, 'it exists already');
  const draft = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
  const database = await openDurably(draft, { schema: LEDGER_SCHEMA, fileMode: FILE_MODE });
  try {
    transaction(database, () => fill(database, owner, first));
    goOn(new SqliteLedger(database));
  } finally {
    database.close();
  }
  renameSync(draft, path);
  await syncFolder(dirname(path));
}

function fill(database: DatabaseSync, { scheme, publicKey, binding }: LedgerOwner, first: FirstEpoch): void {
  const created = new Date().toISOString();
  database
    .prepare(
      'INSERT INTO binding (id, scheme, public_key, chain, protocol, created) VALUES (1, ?, ?, ?, ?, ?)',
    )
    .run(scheme, publicKey, digestBytes(binding.chain), binding.protocol, created);
  const epoch = first.epoch ?? toEpoch(0n);
  putEpoch(database, validatorSet(epoch, first.members), first.root);
  if (first.membersMin !== undefined) new AutomaticTable(database).setMembersMin(first.membersMin);
  database
    .prepare(
      `INSERT INTO custody (id, install, mode, epoch, session, open_from, view_from, proven, signature_count)
       VALUES (1, ?, 'active', ?, 0, 0, 0, 0, 0)`,
    )
    .run(randomBytes(INSTALL_BYTES), epoch);
  new AuditTable(database).add({
    atMs: BigInt(Date.now()),
    outcome: 'BOUND',
    kind: binding.protocol,
    digest: binding.chain ?? ZERO_DIGEST,
    ...{ session: 0n, epoch: 0n, instance: 0n, view: 0n },
  });
}

/**
 * Opens the record of this key on this chain, checks every page of it and every row of its audit log; never creates
 * one.
 * @throws CustodyError `CUSTODY_RECORD_MISSING`, `CUSTODY_RECORD_CORRUPT`, `CUSTODY_RECORD_FOREIGN` or
 * `CUSTODY_AUDIT_BROKEN`.
 */
export async function openLedger(path: string, owner: LedgerOwner): Promise<OpenedLedger> {
  if (!existsSync(path)) {
    throw refused(
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
    const ledger = new SqliteLedger(database);
    checkState(database, path, ledger);
    return { ledger, ...epochIn(database, ledger.state().epoch), install: installIn(database) };
  } catch (cause) {
    database.close();
    if (cause instanceof CustodyError) throw cause;
    if (isOfDisk(cause)) throw diskFault(path, cause);
    throw refused('CUSTODY_RECORD_CORRUPT', path, `its content makes no sense. ${LOST_RECORD}`, cause);
  }
}

/** The fault of an open record, worded so that nobody takes a full disk for a lost record. */
export function recordFault(path: string, cause: unknown): unknown {
  return isOfDisk(cause) ? diskFault(path, cause) : cause;
}

/** A record that another process holds, or that a newer program wrote, is neither lost nor damaged. */
async function openedOrCorrupt(path: string): Promise<DatabaseSync> {
  try {
    return await openDurably(path, { schema: LEDGER_SCHEMA, fileMode: FILE_MODE, mustExist: true });
  } catch (cause) {
    if (cause instanceof DatabaseError && cause.detail.code !== 'DATABASE_CORRUPT') throw cause;
    throw refused('CUSTODY_RECORD_CORRUPT', path, `it cannot be opened or is damaged. ${LOST_RECORD}`, cause);
  }
}

function checkPages(database: DatabaseSync, path: string): void {
  const verdict = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
  if (verdict === 'ok') return;
  throw refused('CUSTODY_RECORD_CORRUPT', path, `it is damaged (${String(verdict)}). ${LOST_RECORD}`);
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
function checkState(database: DatabaseSync, path: string, ledger: CustodyLedger): void {
  const forgotten = loggedAndForgotten(ledger.state(), new AuditTable(database).facts());
  if (forgotten === undefined) return;
  const reason = `its audit log says that ${forgotten}, and the rest of it does not know: somebody edited it`;
  throw refused('CUSTODY_RECORD_CORRUPT', path, `${reason}. ${LOST_RECORD}`);
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
  throw refused('CUSTODY_RECORD_FOREIGN', path, reason);
}

function refused(code: CustodyFault, path: string, reason: string, cause?: unknown): CustodyError {
  return new CustodyError(`signer record ${path}: ${reason}`, { code, path }, { cause });
}
