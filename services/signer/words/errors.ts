import type { RefusalReason } from '#libs/custody/refusal-reason.ts';
import { AppError } from '#libs/errors/app-error.ts';

/** Why a vote for a change of the members is not signed, beside the reasons that stop all signing. */
export type VoteRefusal =
  | 'QUARANTINED'
  | 'WRONG_CHAIN'
  | 'WRONG_EPOCH'
  | 'NOT_MEMBER'
  | 'VOTE_TERM'
  /** A vote that no person has seen may not be for this change. */
  | 'VOTE_NOT_AUTOMATIC'
  /** The key voted by itself for another change of this epoch. */
  | 'VOTE_GIVEN';

/** Why a call was refused. Codes are stable: the caller branches on them. */
export type SignerErrorDetail =
  /** A rule of custody speaks against it (libs/custody/refusal-reason.ts). */
  | {
      readonly code: `SIGNER_${RefusalReason | VoteRefusal}`;
      readonly view: bigint;
      readonly kind: string;
      readonly signed: string | undefined;
      readonly markView: bigint | undefined;
      readonly provenView: bigint;
    }
  /** A field that Protobuf allows and the protocol does not. */
  | { readonly code: 'SIGNER_MALFORMED'; readonly field: string }
  /** A certificate that is not of this chain's members, or whose signatures do not hold. */
  | { readonly code: 'SIGNER_CERT_INVALID'; readonly view: bigint }
  | { readonly code: 'SIGNER_CERT_UNRESOLVED'; readonly view: bigint }
  /** The members decided a handover that this version cannot follow. */
  | { readonly code: 'SIGNER_HANDOVER_UNKNOWN'; readonly epoch: bigint }
  /** The queue of requests is full, or the client exceeded its quota; nothing was recorded. */
  | { readonly code: 'SIGNER_OVERLOADED'; readonly waiting: number }
  /** The signature would not be ready before its caller stops waiting; nothing was recorded. */
  | { readonly code: 'SIGNER_DEADLINE'; readonly expectedMs: number }
  /** The key waits for its operator to unlock it; nothing was judged or recorded. */
  | { readonly code: 'SIGNER_LOCKED' }
  /** The machine computed this signature wrongly. It does not leave, and nothing else does before the operator acts. */
  | { readonly code: 'SIGNER_FAULT_DETECTED' }
  /**
   * The machine computed an earlier signature wrongly; the key waits for its operator. Nothing was judged or recorded.
   */
  | { readonly code: 'SIGNER_LATCHED' }
  /** The client certificate is valid, but it is not the one of the service that may ask. */
  | { readonly code: 'SIGNER_NOT_ALLOWED' }
  /** A call of an earlier version, which an older consensus makes. */
  | { readonly code: 'SIGNER_CALL_RETIRED' }
  /** The signer is stopping, its record could not be written, or its core cannot be reached. */
  | { readonly code: 'SIGNER_UNAVAILABLE' };

export class SignerError extends AppError<SignerErrorDetail> {
  override readonly name = 'SignerError';
}

export type CustodyFault =
  | 'CUSTODY_KEY_MISSING'
  | 'CUSTODY_KEY_EXISTS'
  | 'CUSTODY_KEY_EXPOSED'
  | 'CUSTODY_KEY_INVALID'
  | 'CUSTODY_KEY_SEALED'
  | 'CUSTODY_KEY_LATCHED'
  | 'CUSTODY_KEY_IN_TOKEN'
  | 'CUSTODY_KEY_UNBOUND'
  | 'CUSTODY_KEY_BOUND'
  | 'CUSTODY_KEY_FOREIGN'
  | 'CUSTODY_PROTOCOL_MISSING'
  | 'CUSTODY_RECORD_MISSING'
  | 'CUSTODY_RECORD_EXISTS'
  | 'CUSTODY_RECORD_UNFINISHED'
  | 'CUSTODY_RECORD_CORRUPT'
  | 'CUSTODY_RECORD_FOREIGN'
  | 'CUSTODY_AUDIT_BROKEN'
  | 'CUSTODY_RECORD_OLDER'
  | 'CUSTODY_NOT_ACTIVE'
  | 'CUSTODY_HISTORY_INVALID'
  | 'CUSTODY_HISTORY_UNTRUSTED'
  | 'CUSTODY_HISTORY_FOREIGN'
  | 'CUSTODY_HISTORY_CONFLICT'
  | 'CUSTODY_FILE_EXISTS'
  | 'CUSTODY_CLIENTS_INVALID'
  | 'CUSTODY_FILE_UNREADABLE';

/** The fault of an audit log. Stable: operators' scripts branch on it. */
export type AuditVerdict =
  /** The hash of a row does not match its fields. */
  | 'edited'
  /** Rows exist, but not in the order of their numbers. */
  | 'reordered'
  /** Rows are gone from between others. */
  | 'rows-missing'
  /** The newest part is gone: rows, or the signed end. */
  | 'truncated'
  /** The rows are consistent, but differ from those signed or noted: somebody wrote a second log. */
  | 'forked'
  /** The log ends before a row that was noted. */
  | 'set-back'
  /** The signature of its end does not hold. */
  | 'unsigned'
  /** An unexpected audit key signed the end. */
  | 'other-key'
  /** A line that belongs to no audit log. */
  | 'malformed';

/** Why the signer does not start, or why its key is not made. */
export interface CustodyErrorDetail {
  readonly code: CustodyFault;
  readonly path: string;
  /** The kind of damage, with `CUSTODY_AUDIT_BROKEN`. */
  readonly verdict?: AuditVerdict;
}

/** Key and record do not prove that signing is safe. The message names the reason and the remedy. */
export class CustodyError extends AppError<CustodyErrorDetail> {
  override readonly name = 'CustodyError';
}
