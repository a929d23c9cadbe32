import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestBytes, toDigest } from '#libs/chain/ids.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { restoredState, virginState } from '#libs/custody/custody-state.ts';
import { SlotRegister } from '#libs/custody/slot-register.ts';
import { syncFolder } from '#libs/files/atomic-file.ts';
import { DatabaseError, openDatabase, transaction } from '#libs/sqlite/database.ts';
import { CustodyError, type CustodyFault } from '../core/errors.ts';
import type { SlotLedger } from '../ports.ts';
import type { KeyBinding, KeyFile } from './key-file.ts';
import { LEDGER_SCHEMA } from './ledger-schema.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

const FILE_MODE = 0o600;
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
/** What a record must be of. */
export type LedgerOwner = Pick<KeyFile, 'scheme' | 'publicKey'> & { readonly binding: KeyBinding };

/** The record, and what it says. */
export interface OpenedLedger {
  readonly ledger: SlotLedger;
  readonly register: SlotRegister;
}

/**
 * Makes the record of a key that never signed: whole or not at all, for half a record would stop the signer for
 * ever.
 * @throws CustodyError `CUSTODY_RECORD_EXISTS`.
 */
export async function createLedger(path: string, { scheme, publicKey, binding }: LedgerOwner): Promise<void> {
  if (existsSync(path)) throw refused('CUSTODY_RECORD_EXISTS', path, 'it exists already');
  const draft = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
  const database = openDatabase(draft, { schema: LEDGER_SCHEMA, fileMode: FILE_MODE });
  try {
    transaction(database, () => {
      database
        .prepare(
          'INSERT INTO binding (id, scheme, public_key, chain, protocol, created) VALUES (1, ?, ?, ?, ?, ?)',
        )
        .run(scheme, publicKey, digestBytes(binding.chain), binding.protocol, new Date().toISOString());
      database.prepare('INSERT INTO mark (id, signature_count) VALUES (1, 0)').run();
    });
  } finally {
    database.close();
  }
  renameSync(draft, path);
  await syncFolder(dirname(path));
}

/**
 * Opens the record of this key on this chain; never creates one.
 * @throws CustodyError `CUSTODY_RECORD_MISSING`, `CUSTODY_RECORD_CORRUPT` or `CUSTODY_RECORD_FOREIGN`.
 */
export function openLedger(path: string, owner: LedgerOwner): OpenedLedger {
  if (!existsSync(path)) {
    throw refused(
      'CUSTODY_RECORD_MISSING',
      path,
      `it is gone, but the key was bound to a chain. ${LOST_RECORD}`,
    );
  }
  const database = openedOrCorrupt(path);
  try {
    checkOwner(path, bindingOf(database), owner);
    const ledger = new SqliteLedger(database);
    const { mark, signed } = ledger.content();
    const { chain, protocol } = owner.binding;
    return { ledger, register: new SlotRegister(restoredState(virginState(chain, protocol), mark, signed)) };
  } catch (cause) {
    database.close();
    if (cause instanceof CustodyError) throw cause;
    throw refused('CUSTODY_RECORD_CORRUPT', path, `what it says makes no sense. ${LOST_RECORD}`, cause);
  }
}

/** A record that another process holds, or that a newer program wrote, is neither lost nor damaged. */
function openedOrCorrupt(path: string): DatabaseSync {
  try {
    return openDatabase(path, { schema: LEDGER_SCHEMA, fileMode: FILE_MODE, mustExist: true });
  } catch (cause) {
    if (cause instanceof DatabaseError && cause.detail.code !== 'DATABASE_CORRUPT') throw cause;
    throw refused('CUSTODY_RECORD_CORRUPT', path, `it cannot be opened or is damaged. ${LOST_RECORD}`, cause);
  }
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
