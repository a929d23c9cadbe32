import { join } from 'node:path';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { testVerifying } from '#libs/crypto/self-test.ts';
import type { Backend, SignatureScheme, Signing } from '#libs/crypto/signature-scheme.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { VoteTable, VoteTables } from '#libs/protocol/vote/vote-table.ts';
import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { type AuditKey, readAuditKey } from '../key/audit-key.ts';
import { FaultLatch } from '../key/fault-latch.ts';
import { readKeyHeader } from '../key/key-file.ts';
import type { KeyBinding, KeyHeader } from '../key/key-header.ts';
import { KeyVault } from '../key/key-vault.ts';
import { KnownPins } from '../key/known-pins.ts';
import { passphraseFrom } from '../key/passphrase.ts';
import { recordFault } from '../record/ledger-fault.ts';
import { openLedger } from '../record/ledger-files.ts';
import { custodyContextOf } from '../record/rules/custody-context-of.ts';
import { reserveSpace } from '../record/space-reserve.ts';
import { CustodyError } from '../words/errors.ts';
import { AUDIT_KEY_NAME, KEY_FILE_NAME, LATCH_FILE_NAME, LEDGER_FILE_NAME } from '../words/file-names.ts';
import { type StartedRecord, startedRecord } from './started-record.ts';

export interface CustodyOptions {
  readonly folder: string;
  /** Where the mirror of the record lies; in the folder when left out. */
  readonly mirror?: string | undefined;
  /** The protocol that the key was bound under: that of the genesis. */
  readonly protocol: string;
  /** The protocols that the key can sign for; those that a chain can run when left out. */
  readonly tables?: VoteTables | undefined;
  readonly backend: Backend | 'auto';
  /** Hedged when left out; deterministic ones are computed twice and compared. */
  readonly signing?: Signing | undefined;
  /** Where schemes come from; left out: libs/crypto. */
  readonly schemes?: typeof schemeByName;
  /** Where the passphrase of a sealed key is read from: a file of its owner alone, or a pipe. */
  readonly passphraseFile?: string | undefined;
  /** Whether a sealed key without a passphrase may wait for its operator; else it is refused. */
  readonly mayBeLocked?: boolean;
  /** PINs of tokens that this process is logged in to. */
  readonly pins?: KnownPins;
  /** Called when the key signs nothing any more and is locked. */
  readonly onKeyLost?: (cause: Error) => void;
}

/** A key with the record of all that it signed; the key is proven to work once it is unlocked. */
export interface Custody extends StartedRecord {
  /** The protocols that the key can sign for, by a handover. */
  readonly tables: VoteTables;
  readonly scheme: SignatureScheme;
  readonly key: KeyVault;
  /** Whether the key lies encrypted on disk. */
  readonly isSealed: boolean;
  readonly auditKey: AuditKey;
}

/**
 * Opens key and record from their folder. Everything that could make signing unsafe becomes an error, or a
 * state that signs nothing: a record behind its mirror is an older copy (libs/custody/README.md G4). Never
 * makes a record or a mirror.
 * @throws CustodyError naming the fault and the remedy, DatabaseError when the disk fails or is full, CryptoError
 * when the scheme is not available.
 */
export async function openCustody(options: CustodyOptions): Promise<Custody> {
  const { folder, protocol, backend, signing = 'hedged', schemes = schemeByName } = options;
  const { tables = VOTE_TABLES } = options;
  const path = join(folder, KEY_FILE_NAME);
  const header = await readKeyHeader(path);
  const { isSealed, publicKey } = header;
  const scheme = schemes(header.scheme, { backend, signing });
  const binding = checkedBinding(path, header, protocol);
  const opened = await openLedger(join(folder, LEDGER_FILE_NAME), { ...header, binding }, tables);
  try {
    reserveSpace(folder);
    const context = custodyContextOf(tableOfEpoch(folder, opened.ledger.state(), tables), publicKey, opened);
    const auditKey = readAuditKey(join(folder, AUDIT_KEY_NAME));
    await testVerifying(scheme);
    const { pins = new KnownPins(), onKeyLost: onLost = () => {} } = options;
    const latch = new FaultLatch(join(folder, LATCH_FILE_NAME));
    const key = new KeyVault({ path, scheme, publicKey, pins, latch, onLost });
    const { passphraseFile, mayBeLocked } = options;
    if (latch.reason !== undefined && mayBeLocked !== true) throw latchedHere(folder, latch.reason);
    const waits =
      latch.reason !== undefined || (isSealed && passphraseFile === undefined && mayBeLocked === true);
    if (!waits) await key.unlock(passphraseFile === undefined ? undefined : passphraseFrom(passphraseFile));
    return { scheme, key, isSealed, auditKey, tables, ...startedRecord(opened, context, options) };
  } catch (cause) {
    opened.ledger.close();
    throw recordFault(join(folder, LEDGER_FILE_NAME), cause);
  }
}

/** Without an operator's socket nobody could lift the latch while the signer runs. */
function latchedHere(folder: string, reason: string): CustodyError {
  const path = join(folder, LATCH_FILE_NAME);
  return new CustodyError(
    `${path}: this machine computed a signature wrongly (${reason}), and the key signs nothing on it. Move the key to a ` +
      'machine that you trust; if you trust this one after all, remove that file',
    { code: 'CUSTODY_KEY_LATCHED', path },
  );
}

/** The votes of the protocol that the members decided for the epoch of the record. */
function tableOfEpoch(
  folder: string,
  { epoch, protocol }: Pick<CustodyState, 'epoch' | 'protocol'>,
  tables: VoteTables,
): VoteTable {
  const table = tables.get(protocol);
  if (table !== undefined) return table;
  const path = join(folder, LEDGER_FILE_NAME);
  throw new CustodyError(
    `signer record ${path}: epoch ${epoch} is under protocol ${protocol}, which this signer does not have (it has ` +
      `${[...tables.keys()].join(', ')}): install a version of btcfed that has it`,
    { code: 'CUSTODY_PROTOCOL_MISSING', path },
  );
}

function checkedBinding(path: string, { binding }: KeyHeader, protocol: string): KeyBinding {
  if (binding === undefined) {
    const detail = { code: 'CUSTODY_KEY_UNBOUND', path } as const;
    throw new CustodyError(
      `key file ${path}: it is not bound to a genesis yet: finish "btcfed init"`,
      detail,
    );
  }
  if (binding.protocol === protocol) return binding;
  const detail = { code: 'CUSTODY_RECORD_FOREIGN', path } as const;
  const reason =
    `it was bound under protocol ${binding.protocol}, that of the genesis, and SIGNER_PROTOCOL says ${protocol}: the setting names the ` +
    'protocol of the genesis, also after the members went over to another';
  throw new CustodyError(`key file ${path}: ${reason}`, detail);
}
