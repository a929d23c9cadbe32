import { toHex } from '#libs/bytes/hex.ts';
import { digestBytes, toDigest } from '#libs/chain/ids.ts';
import type {
  ListAuditRowsResponse,
  AuditRow as WireRow,
} from '#libs/proto/btcfed/signer/v1/signer_admin_service.ts';
import { AUDIT_ANSWER_ROWS } from '../words/limits.ts';
import type { AuditOutcome, AuditRow } from './rules/audit-entry.ts';
import type { CustodyLedger } from './rules/custody-ledger.ts';

/** Some rows for the operator of a core that runs: a read of its own connection, which takes no lock and writes nothing. */
export function auditRowsAnswer(
  ledger: Pick<CustodyLedger, 'auditStart' | 'auditRows'>,
  after: bigint,
): ListAuditRowsResponse {
  const { sequence: startSequence, hash: startHash } = ledger.auditStart();
  const rows = ledger.auditRows(after, AUDIT_ANSWER_ROWS).map(wireOf);
  return { startSequence, startHash, rows };
}

function wireOf({ digest, ...row }: AuditRow): WireRow {
  return { ...row, digest: digestBytes(digest) };
}

/** A row as the core sent it; hashing it again shows whether it is true. */
export function rowOf({ digest, outcome, ...row }: WireRow): AuditRow {
  return { ...row, outcome: outcome as AuditOutcome, digest: toDigest(toHex(digest)) };
}
