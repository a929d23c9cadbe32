import { Encoder } from '#libs/bytes/encoder.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import type { RefusalReason } from '#libs/custody/refusal-reason.ts';
import type { VoteRefusal } from '../../words/errors.ts';
import type { AuditBreak } from './audit-verdict.ts';

/** The outcome of a request, or another event in the life of the key. */
export type AuditOutcome =
  | RefusalReason
  | VoteRefusal
  | 'BOUND'
  | 'STARTED'
  | 'SESSION'
  | 'SIGNED'
  | 'REPEATED'
  | 'QUARANTINE'
  /** Its history was handed on: it signs nothing more. */
  | 'RETIRED'
  /** The history of another record of this key was merged into this one. */
  | 'IMPORTED'
  /** An imported history contradicts this record, so nothing of it was applied. */
  | 'IMPORT_REFUSED'
  /** A key in quarantine drew its nonce, or came back by it. */
  | 'RECOVERY'
  | 'EPOCH'
  /** A key that may follow was made in quarantine; the digest is that of its public key. */
  | 'PREPARED'
  | 'UNLOCKED'
  | 'LOCKED'
  | 'MEMBERSHIP_VOTE';

/** One decision: one row of the audit log. */
export interface AuditEntry {
  /** Wall clock, milliseconds since 1970: for people, decides nothing. */
  readonly atMs: bigint;
  readonly outcome: AuditOutcome;
  readonly session: bigint;
  readonly epoch: bigint;
  readonly instance: bigint;
  readonly view: bigint;
  /** Kind of statement, or another event's text; at most 200 characters. */
  readonly kind: string;
  /** SHA-256 of the signing bytes; zeros where there is no statement. */
  readonly digest: Digest;
}

/** A row as it is stored. */
export interface AuditRow extends AuditEntry {
  /** Number of the row, from 1, without gaps. */
  readonly sequence: bigint;
  /** Over this row and the hash of the one before. */
  readonly hash: Uint8Array;
}

/** The head of the audit log, or of a part of it. */
export interface AuditEnd {
  readonly sequence: bigint;
  readonly hash: Uint8Array;
}

const ROW_TAG = 'btcfed/audit-row/v1';
const HASH_BYTES = 32;

/** The end of an empty log. */
export const AUDIT_START: AuditEnd = { sequence: 0n, hash: new Uint8Array(HASH_BYTES) };

/** The row that follows `end`. */
export function nextRow(end: AuditEnd, entry: AuditEntry): AuditRow {
  const sequence = end.sequence + 1n;
  const bytes = new Encoder()
    .text(ROW_TAG)
    .fixed(end.hash, HASH_BYTES)
    .u64(sequence)
    .u64(entry.atMs)
    .text(entry.outcome)
    .u64(entry.session)
    .u64(entry.epoch)
    .u64(entry.instance)
    .u64(entry.view)
    .text(entry.kind)
    .fixed(digestBytes(entry.digest), HASH_BYTES)
    .finish();
  return { ...entry, sequence, hash: sha256(bytes) };
}

/**
 * Hashes rows again, in order from `start`.
 * @returns the end, or the first row that does not follow.
 */
export function auditEnd(start: AuditEnd, rows: Iterable<AuditRow>): AuditEnd | AuditBreak {
  let end = start;
  let broken: bigint | undefined;
  for (const row of rows) {
    // The later rows show whether a row is gone or only in another place.
    if (broken === undefined && row.sequence > end.sequence + 1n) broken = end.sequence + 1n;
    if (broken !== undefined) {
      if (row.sequence === broken) return { broken, verdict: 'reordered' };
      continue;
    }
    const next = nextEnd(end, row);
    if ('broken' in next) return next;
    end = next;
  }
  return broken === undefined ? end : { broken, verdict: 'rows-missing' };
}

/** The end after a row whose number is not too high. */
export function nextEnd(end: AuditEnd, row: AuditRow): AuditEnd | AuditBreak {
  const broken = end.sequence + 1n;
  if (row.sequence < broken) return { broken, verdict: 'reordered' };
  return Buffer.compare(row.hash, nextRow(end, row).hash) === 0 ? row : { broken, verdict: 'edited' };
}
