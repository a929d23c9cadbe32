import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { digestBytes, type Epoch, toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { syncFolder } from '#libs/files/atomic-file.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import { type ValidatorFacts, validatorSet } from '#libs/protocol/validator-set.ts';
import { openDurably, transaction } from '#libs/sqlite/database.ts';
import { LEDGER_FILE_MODE } from '../words/file-names.ts';
import { LOG_PAGES_MAX } from '../words/limits.ts';
import { AuditTable } from './audit-table.ts';
import { AutomaticTable } from './automatic-table.ts';
import { ledgerRefused } from './ledger-fault.ts';
import type { LedgerOwner } from './ledger-files.ts';
import { putEpoch } from './ledger-rows.ts';
import { LEDGER_SCHEMA } from './ledger-schema.ts';
import type { CustodyLedger } from './rules/custody-ledger.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

const INSTALL_BYTES = 16;

/** The members of the first epoch, and the block that it starts from, according to the genesis. */
export interface FirstEpoch {
  /** 0, unless the record continues another one. */
  readonly epoch?: Epoch;
  readonly members: readonly ValidatorFacts[];
  readonly root: EpochRoot;
  /** The protocol of the epoch; that of the binding when left out. */
  readonly protocol?: string | undefined;
  /** How few members the genesis allows; without it the key never votes for a change by itself. */
  readonly membersMin?: number | undefined;
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
  if (existsSync(path)) throw ledgerRefused('CUSTODY_RECORD_EXISTS', path, 'it exists already');
  const draft = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
  const database = await openDurably(draft, { schema: LEDGER_SCHEMA, fileMode: LEDGER_FILE_MODE });
  try {
    transaction(database, () => fill(database, owner, first));
    goOn(new SqliteLedger(database, LOG_PAGES_MAX));
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
  const begun = { set: validatorSet(epoch, first.members), root: first.root };
  putEpoch(database, begun, first.protocol ?? binding.protocol);
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
