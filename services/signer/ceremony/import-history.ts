import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#libs/bytes/hex.ts';
import type { CustodyMode } from '#libs/custody/custody-state.ts';
import { type Conflict, type History, type Merged, mergeHistory } from '#libs/custody/history.ts';
import { provideAuditKey } from '../key/audit-key.ts';
import { type KeyFacts, readKeyFacts } from '../key/key-facts.ts';
import { createLedger } from '../record/create-ledger.ts';
import { historyFileRefused } from '../record/history-file.ts';
import { openLedger } from '../record/ledger-files.ts';
import { MirrorFile } from '../record/mirror-file.ts';
import { mirrorPath, openRecord, type RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import type { CustodyLedger } from '../record/rules/custody-ledger.ts';
import type { HistoryDocument } from '../record/rules/history-document.ts';
import { isAsImported } from '../record/rules/is-as-imported.ts';
import { AUDIT_KEY_NAME, KEY_FILE_NAME, LEDGER_FILE_NAME } from '../words/file-names.ts';
import { ownAuditKey, trustedHistory } from './trusted-history.ts';

export interface Imported {
  readonly mode: CustodyMode;
  /** The changed fields of the record. */
  readonly raised: readonly (keyof History)[];
  /** Whether there was no record before. */
  readonly isNew: boolean;
}

/**
 * Merges the history of a retired signer into the record of this folder, which only rises (services/signer/README.md
 * R7); or makes the record, in a folder that the key was moved to and never signed in.
 * @param auditKey - Ed25519 key that the retired signer published; left out, that of this folder.
 * @throws CustodyError `CUSTODY_HISTORY_INVALID`, `…_UNTRUSTED`, `…_FOREIGN`, `…_CONFLICT`, or the fault of the
 * present record: nothing is changed then, save the audit row of a conflict.
 */
export async function importHistory(
  place: RecordPlace,
  file: string,
  auditKey?: Uint8Array,
): Promise<Imported> {
  const { folder } = place;
  const owner = await readKeyFacts(join(folder, KEY_FILE_NAME));
  const document = await trustedHistory(file, { owner, auditKey: auditKey ?? ownAuditKey(folder, file) });
  const ledgerPath = join(folder, LEDGER_FILE_NAME);
  if (!existsSync(ledgerPath)) return goOn(place, file, { owner, document });
  if (!existsSync(mirrorPath(place))) await finishGoingOn(place, owner);
  const { ledger, fault } = await openRecord(place);
  try {
    if (fault !== undefined) {
      throw historyFileRefused(
        'CUSTODY_RECORD_OLDER',
        file,
        `nothing is merged into a record that is not whole: ${fault}`,
      );
    }
    return { ...adopt(file, ledger, document), isNew: false };
  } finally {
    ledger.close();
  }
}

/** Makes a record that holds all of the history from its first moment. */
async function goOn(
  place: RecordPlace,
  file: string,
  { owner, document }: { readonly owner: KeyFacts; readonly document: HistoryDocument },
): Promise<Imported> {
  const { folder } = place;
  if (existsSync(mirrorPath(place))) {
    const reason =
      'its mirror shows that this key had a record here, which is gone: what it signed since is in no history';
    throw historyFileRefused('CUSTODY_RECORD_OLDER', file, reason);
  }
  await provideAuditKey(join(folder, AUDIT_KEY_NAME));
  const { set, root } = document.facts;
  const { protocol } = document.history;
  const first = { epoch: set.epoch, members: set.members, root, protocol };
  let imported: Omit<Imported, 'isNew'> | undefined;
  await createLedger(join(folder, LEDGER_FILE_NAME), owner, first, (ledger) => {
    imported = adopt(file, ledger, document);
  });
  await finishGoingOn(place, owner);
  return { mode: 'active', raised: [], ...imported, isNew: true };
}

/** The mirror of a record that was made here and is unchanged since. */
async function finishGoingOn(place: RecordPlace, owner: KeyFacts): Promise<void> {
  const { ledger, install } = await openLedger(join(place.folder, LEDGER_FILE_NAME), owner);
  const { sequence } = ledger.auditEnd();
  const isUntouched = isAsImported(ledger);
  ledger.close();
  if (isUntouched) await MirrorFile.create(mirrorPath(place), install, sequence);
}

function adopt(file: string, ledger: CustodyLedger, document: HistoryDocument): Omit<Imported, 'isNew'> {
  const { history, facts, signatureCount, install } = document;
  const state = ledger.state();
  const merged = mergeHistory(state, history);
  if (merged.kind !== 'merged') {
    if (merged.kind === 'conflict')
      ledger.note(auditOf(state, 'IMPORT_REFUSED', conflictText(merged.conflicts)));
    throw mergeRefused(file, merged);
  }
  ledger.adopt(merged.state, { facts, signatureCount }, auditOf(merged.state, 'IMPORTED', toHex(install)));
  return { mode: merged.state.mode, raised: merged.raised };
}

function mergeRefused(file: string, merged: Exclude<Merged, { kind: 'merged' }>) {
  if (merged.kind === 'foreign')
    return historyFileRefused('CUSTODY_HISTORY_FOREIGN', file, `it is of another ${merged.field}`);
  const reason = `it contradicts the record here: ${conflictText(merged.conflicts)}. The key has signed in two places: retire it`;
  return historyFileRefused('CUSTODY_HISTORY_CONFLICT', file, reason);
}

const NAMED_CONFLICTS_MAX = 5;

function conflictText(conflicts: readonly Conflict[]): string {
  const named = conflicts.slice(0, NAMED_CONFLICTS_MAX).map(({ where, mine, theirs }) => {
    return `${where} holds ${mine.slice(0, 16)}… here and ${theirs.slice(0, 16)}… there`;
  });
  const more = conflicts.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
