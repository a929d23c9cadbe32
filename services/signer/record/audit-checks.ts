import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { type AuditHead, headBytes } from '#libs/protocol/audit-head.ts';
import { type AuditVerdict, CustodyError } from '../words/errors.ts';
import type { AuditEnd } from './rules/audit-entry.ts';

/** A log that was hashed again from its beginning, with its signed end. */
export interface VerifiedAudit {
  readonly chain: Digest;
  readonly publicKey: Uint8Array;
  readonly head: AuditHead;
  /** The end before the first row that is kept. */
  readonly after: AuditEnd;
}

/** Facts about a log that were noted elsewhere. */
export interface AuditExpectations {
  /** A row that was noted, such as by another member: it must be in the log with this hash. */
  readonly noted?: AuditEnd | undefined;
  /** The audit key that must have signed the end, as the key ceremony noted it; 32 bytes. */
  readonly key?: Uint8Array | undefined;
}

export function brokenAudit(
  path: string,
  verdict: AuditVerdict,
  reason: string,
  cause?: unknown,
): CustodyError {
  const detail = { code: 'CUSTODY_AUDIT_BROKEN', path, verdict } as const;
  return new CustodyError(`audit log ${path}: ${reason}`, detail, { cause });
}

/** @throws CustodyError unless `end`, computed from the rows, is the signed end. */
export function requireSigned(path: string, { chain, publicKey, head }: VerifiedAudit, end: AuditEnd): void {
  if (!ed25519Verify(head.publicKey, headBytes({ chain, publicKey }, head), head.signature)) {
    throw brokenAudit(path, 'unsigned', 'the signature of its end does not hold');
  }
  if (head.sequence > end.sequence) {
    const missing = `rows ${end.sequence + 1n} to ${head.sequence} are missing at its end`;
    throw brokenAudit(path, 'truncated', missing);
  }
  if (head.sequence < end.sequence) {
    const more = `its end was signed after row ${head.sequence}, and there are rows up to ${end.sequence}`;
    throw brokenAudit(path, 'forked', `${more}: somebody else wrote them`);
  }
  if (equalBytes(head.hash, end.hash)) return;
  const reason = `its rows lead to the hash ${toHex(end.hash)}, and ${toHex(head.hash)} was signed: they were written anew`;
  throw brokenAudit(path, 'forked', reason);
}

/**
 * @param found - The row with the number of the noted one.
 * @throws CustodyError unless the log meets the expectations.
 */
export function requireExpected(
  path: string,
  { noted, key }: AuditExpectations,
  { head, after }: VerifiedAudit,
  found: AuditEnd | undefined,
): void {
  if (key !== undefined && !equalBytes(key, head.publicKey)) {
    const reason = `its end is signed by the audit key ${toHex(head.publicKey)}, and ${toHex(key)} was expected`;
    throw brokenAudit(
      path,
      'other-key',
      `${reason}: it is of another signer, or was written by somebody else`,
    );
  }
  if (noted === undefined) return;
  if (noted.sequence > head.sequence) {
    const reason = `row ${noted.sequence} was noted, and it ends with row ${head.sequence}: an older record was put back`;
    throw brokenAudit(path, 'set-back', reason);
  }
  if (noted.sequence <= after.sequence) {
    const reason = `row ${noted.sequence} is kept no more: the log begins with row ${after.sequence + 1n}. Note a newer one`;
    throw brokenAudit(path, 'rows-missing', reason);
  }
  if (found !== undefined && equalBytes(found.hash, noted.hash)) return;
  const reason = `row ${noted.sequence} has another hash than was noted: it is forked, or of somebody else`;
  throw brokenAudit(path, 'forked', reason);
}
