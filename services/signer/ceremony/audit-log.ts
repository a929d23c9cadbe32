import { join } from 'node:path';
import { headBytes } from '#libs/protocol/audit-head.ts';
import { readAuditKey } from '../key/audit-key.ts';
import { type AuditExpectations, requireExpected, type VerifiedAudit } from '../record/audit-checks.ts';
import { exported } from '../record/audit-export.ts';
import { type OpenRecord, openRecord, type RecordPlace } from '../record/open-record.ts';
import { AUDIT_KEY_NAME } from '../words/file-names.ts';
import { AUDIT_PAGE_ROWS } from '../words/limits.ts';

/**
 * The signed end of a stopped signer's audit log; every row is hashed again for it.
 * @throws CustodyError or DatabaseError naming the fault, or that the signer runs.
 */
export async function auditOfRecord(
  place: RecordPlace,
  expected: AuditExpectations = {},
): Promise<VerifiedAudit> {
  const record = await openRecord(place);
  try {
    return checkedEnd(place, record, expected);
  } finally {
    record.ledger.close();
  }
}

/**
 * Writes the whole log to a new file, in the format of `record/audit-text.ts`.
 * @throws CustodyError `CUSTODY_FILE_EXISTS`, or as `auditOfRecord`.
 */
export async function exportAudit(
  place: RecordPlace,
  out: string,
  expected: AuditExpectations = {},
): Promise<VerifiedAudit> {
  const record = await openRecord(place);
  try {
    const verified = checkedEnd(place, record, expected);
    return await exported(out, async (file) => {
      file.begin(verified);
      for (let { sequence } = verified.after; sequence < verified.head.sequence; ) {
        const rows = record.ledger.auditRows(sequence, AUDIT_PAGE_ROWS);
        await file.rows(rows);
        sequence = rows.at(-1)?.sequence ?? verified.head.sequence;
      }
      return verified;
    });
  } finally {
    record.ledger.close();
  }
}

function checkedEnd(place: RecordPlace, record: OpenRecord, expected: AuditExpectations): VerifiedAudit {
  const verified = signedEnd(place, record);
  const { noted } = expected;
  const found = noted && record.ledger.auditRows(noted.sequence - 1n, 1).at(0);
  requireExpected(place.folder, expected, verified, found);
  return verified;
}

function signedEnd({ folder }: RecordPlace, { ledger, owner }: OpenRecord): VerifiedAudit {
  const auditKey = readAuditKey(join(folder, AUDIT_KEY_NAME));
  const { publicKey, binding } = owner;
  const { sequence, hash } = ledger.auditEnd();
  const signature = auditKey.sign(headBytes({ chain: binding.chain, publicKey }, { sequence, hash }));
  const head = { sequence, hash, signature, publicKey: auditKey.publicKey };
  return { chain: binding.chain, publicKey, head, after: ledger.auditStart() };
}
