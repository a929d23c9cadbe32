import { toHex } from '#libs/bytes/hex.ts';
import { toDigest } from '#libs/chain/ids.ts';
import {
  type AuditExpectations,
  brokenAudit,
  requireExpected,
  requireSigned,
  type VerifiedAudit,
} from '../record/audit-checks.ts';
import { exported } from '../record/audit-export.ts';
import { rowOf } from '../record/audit-wire.ts';
import { type AuditEnd, type AuditRow, auditEnd } from '../record/rules/audit-entry.ts';
import { breakText } from '../record/rules/audit-verdict.ts';
import type { SignerAdmin } from '../socket/admin-client.ts';

export interface RunningAuditOptions extends AuditExpectations {
  /** Path of its admin socket, for messages. */
  readonly path: string;
  /** Is handed each row after it was checked, oldest first; `begin` comes before them. */
  readonly keep?: { begin(verified: VerifiedAudit): void; rows(rows: readonly AuditRow[]): Promise<void> };
}

/**
 * The audit log of a running signer, hashed again by the caller: the core only reads rows, some at a time, and
 * continues to sign. The end is that of the newest row that was synced when the caller asked.
 * @throws CustodyError `CUSTODY_AUDIT_BROKEN`, or the error of the admin socket.
 */
export async function auditOfRunning(
  admin: Pick<SignerAdmin, 'getCustody' | 'listAuditRows'>,
  { path, keep, ...expected }: RunningAuditOptions,
): Promise<VerifiedAudit> {
  const { chainDigest, publicKey, auditHead: head } = await admin.getCustody();
  if (head === undefined) throw brokenAudit(path, 'unsigned', 'the signer says no end of it');
  let page = await admin.listAuditRows({ after: 0n });
  const after = { sequence: page.startSequence, hash: page.startHash };
  const verified = { chain: toDigest(toHex(chainDigest)), publicKey, head, after };
  keep?.begin(verified);
  let end: AuditEnd = after;
  let found: AuditEnd | undefined;
  for (;;) {
    const rows = page.rows.map(rowOf).filter(({ sequence }) => sequence <= head.sequence);
    end = followed(path, end, rows);
    found ??= rows.find(({ sequence }) => sequence === expected.noted?.sequence);
    await keep?.rows(rows);
    if (rows.length === 0 || end.sequence === head.sequence) break;
    page = await admin.listAuditRows({ after: end.sequence });
  }
  requireSigned(path, verified, end);
  requireExpected(path, expected, verified, found);
  return verified;
}

/**
 * Writes the log to a new file, in the format of `record/audit-text.ts`.
 * @throws CustodyError `CUSTODY_FILE_EXISTS`, or as `auditOfRunning`; then there is no file.
 */
export function exportRunningAudit(
  admin: Parameters<typeof auditOfRunning>[0],
  out: string,
  options: Omit<RunningAuditOptions, 'keep'>,
): Promise<VerifiedAudit> {
  return exported(out, (keep) => auditOfRunning(admin, { ...options, keep }));
}

function followed(path: string, before: AuditEnd, rows: readonly AuditRow[]): AuditEnd {
  const end = auditEnd(before, rows);
  if ('broken' in end) throw brokenAudit(path, end.verdict, breakText(end));
  return end;
}
