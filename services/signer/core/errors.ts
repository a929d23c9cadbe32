import { AppError } from '#libs/errors/app-error.ts';

/** Why a call was refused. Codes are stable: the caller branches on them. */
export type SignerErrorDetail =
  /** Another statement holds this slot: the caller, or somebody in its place, tried to sign twice. */
  | {
      readonly code: 'SIGNER_CONFLICTING_SLOT';
      readonly view: bigint;
      readonly kind: string;
      readonly signed: string | undefined;
    }
  /** The slot lies at or below the mark: later ones were signed. */
  | {
      readonly code: 'SIGNER_STALE_SLOT';
      readonly view: bigint;
      readonly kind: string;
      readonly markView: bigint;
    }
  /** The epoch is over for this key. */
  | { readonly code: 'SIGNER_WRONG_EPOCH'; readonly epoch: bigint; readonly markEpoch: bigint }
  /** The key is bound to another genesis. */
  | { readonly code: 'SIGNER_WRONG_CHAIN' }
  /** A field that Protobuf allows and the protocol does not. */
  | { readonly code: 'SIGNER_MALFORMED'; readonly field: string }
  /** As many requests wait as may wait; nothing was recorded. */
  | { readonly code: 'SIGNER_OVERLOADED'; readonly waiting: number }
  /** The client certificate is a good one, but not the one of the service that may ask. */
  | { readonly code: 'SIGNER_NOT_ALLOWED' }
  /** The signer is stopping, or its record could not be written. */
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
  | 'CUSTODY_KEY_UNBOUND'
  | 'CUSTODY_KEY_BOUND'
  | 'CUSTODY_RECORD_MISSING'
  | 'CUSTODY_RECORD_EXISTS'
  | 'CUSTODY_RECORD_CORRUPT'
  | 'CUSTODY_RECORD_FOREIGN'
  | 'CUSTODY_FILE_UNREADABLE';

/** Why the signer does not start, or why its key is not made. */
export interface CustodyErrorDetail {
  readonly code: CustodyFault;
  readonly path: string;
}

/** Key and record do not prove that signing is safe. The message says why and what to do. */
export class CustodyError extends AppError<CustodyErrorDetail> {
  override readonly name = 'CustodyError';
}
