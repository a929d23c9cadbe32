import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { readAuditKey } from '../key/audit-key.ts';
import { historyFileRefused, type SignedHistory, writeHistory } from '../record/history-file.ts';
import { type OpenRecord, openRecord, type RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { CustodyError } from '../words/errors.ts';
import { AUDIT_KEY_NAME, LEDGER_FILE_NAME } from '../words/file-names.ts';

/**
 * Retires the key in this folder, for ever and durably, and only then writes its signing history
 * (services/signer/README.md R7): the file proves that this signer signs no more. A retired signer writes the
 * same history again.
 * @param out - Path of the new file; an existing file is never overwritten.
 * @throws CustodyError `CUSTODY_FILE_EXISTS`, `CUSTODY_RECORD_OLDER` or `CUSTODY_NOT_ACTIVE`: then nothing was
 * changed.
 */
export async function exportHistory(place: RecordPlace, out: string): Promise<SignedHistory> {
  if (existsSync(out))
    throw historyFileRefused('CUSTODY_FILE_EXISTS', out, 'it exists already, and may be the only copy');
  const auditKey = readAuditKey(join(place.folder, AUDIT_KEY_NAME));
  const record = await openRecord(place);
  const { owner, ledger, facts, install } = record;
  try {
    retire(place, record);
    const { mode: _, ...history } = ledger.state();
    return await writeHistory(
      out,
      {
        ...{ scheme: owner.scheme, publicKey: owner.publicKey, install, history, facts },
        signatureCount: ledger.signatureCount(),
        audit: ledger.auditEnd(),
      },
      auditKey,
    );
  } finally {
    ledger.close();
  }
}

/** A new session with it: it proves that the next keeper of the key came later. */
function retire({ folder }: RecordPlace, { ledger, fault }: OpenRecord): void {
  const path = join(folder, LEDGER_FILE_NAME);
  if (fault !== undefined) {
    const reason = `${fault}; a history with a gap would let the next keeper sign twice`;
    throw new CustodyError(`signer record ${path}: ${reason}`, { code: 'CUSTODY_RECORD_OLDER', path });
  }
  const state = ledger.state();
  if (state.mode === 'retired') return;
  if (state.mode !== 'active') {
    const reason =
      'the key is in quarantine: what its record does not know would be missing from the history';
    throw new CustodyError(`signer record ${path}: ${reason}`, { code: 'CUSTODY_NOT_ACTIVE', path });
  }
  const retired = withMode(withNewSession(state), 'retired');
  ledger.change(retired, auditOf(retired, 'RETIRED', ''));
}
