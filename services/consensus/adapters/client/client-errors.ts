import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import { AppError } from '#libs/errors/app-error.ts';

/** Metadata that tells the height at which a watch may start again, in decimal. */
const RESUME_HEIGHT_KEY = 'btcfed-resume-height';

/** Metadata that tells the size of a transaction that is too large, bytes in decimal. */
const TRANSACTION_BYTES_KEY = 'btcfed-transaction-bytes';
/** Metadata that tells why a transaction was refused: printable ASCII, and all else, as `%` itself, as `%XX` of UTF-8. */
const REASON_KEY = 'btcfed-refusal-reason';
/** Characters of a reason that travel: metadata has 8 KiB in all, and one is up to 9 bytes of it. */
export const REFUSAL_REASON_LENGTH_MAX = 256;

/** Refusals that have one of many reasons. */
type ReasonedCode =
  /** A vote for a change of the membership that can stand in no block. `reason`: a part of a sentence. */
  | 'CONSENSUS_VOTE_REFUSED'
  /** The application has something against it. `reason`: its code. */
  | 'CONSENSUS_TRANSACTION_REFUSED';

/** Everything that the client API refuses, and why. */
export type ClientErrorDetail =
  /** A field of the request has no valid value. */
  | { readonly code: 'CONSENSUS_REQUEST_INVALID'; readonly field: string }
  | { readonly code: 'CONSENSUS_TRANSACTION_EMPTY' }
  | {
      readonly code: 'CONSENSUS_TRANSACTION_TOO_LARGE';
      readonly sizeBytes: number;
      readonly trailer: { readonly [TRANSACTION_BYTES_KEY]: string };
    }
  /** More transactions in one call than it may have, or more bytes. */
  | { readonly code: 'CONSENSUS_BATCH_TOO_LARGE' }
  /** It begins with bytes that members alone put into blocks. */
  | { readonly code: 'CONSENSUS_TRANSACTION_RESERVED' }
  | {
      readonly code: ReasonedCode;
      readonly reason: string;
      readonly trailer: { readonly [REASON_KEY]: string };
    }
  /**
   * The limit of clients' votes that wait for verification is reached, or a vote of this client for the same member
   * and change waits.
   */
  | { readonly code: 'CONSENSUS_TOO_MANY_VOTES' }
  | { readonly code: 'CONSENSUS_MEMPOOL_FULL' }
  /** No epoch of this number has begun here. */
  | { readonly code: 'CONSENSUS_EPOCH_UNKNOWN'; readonly epoch: bigint }
  /** The member refuses to vote until a person has looked. */
  | { readonly code: 'CONSENSUS_HALTED' }
  | { readonly code: 'CONSENSUS_TRANSACTION_UNKNOWN' }
  /** No epoch that is known here has a member of this name. */
  | { readonly code: 'CONSENSUS_MEMBER_UNKNOWN' }
  /** Final, but the certificate of this height is not kept here, and nothing remembers who signed it. */
  | { readonly code: 'CONSENSUS_SIGNERS_UNKNOWN' }
  /** The height is above the newest final block. */
  | { readonly code: 'CONSENSUS_BLOCK_NOT_FINAL'; readonly finalHeight: bigint }
  /** Final, but this member began from a snapshot, and has not fetched that part of the history yet. */
  | { readonly code: 'CONSENSUS_HISTORY_MISSING'; readonly from: bigint; readonly to: bigint }
  /** Final, but damaged on the disk of this member, which fetches it again from others. */
  | { readonly code: 'CONSENSUS_HISTORY_DAMAGED'; readonly height: bigint }
  | { readonly code: 'CONSENSUS_WAIT_EXPIRED' }
  | { readonly code: 'CONSENSUS_TOO_MANY_WAITERS' }
  | { readonly code: 'CONSENSUS_TOO_MANY_WATCHES' }
  /** Too many reads of the chain wait for their turn already. */
  | { readonly code: 'CONSENSUS_TOO_MANY_READS' }
  /** The watch of a caller with fewer needed the place; it may start again at `resumeHeight`. */
  | {
      readonly code: 'CONSENSUS_WATCH_GAVE_WAY';
      readonly resumeHeight: bigint;
      readonly trailer: { readonly [RESUME_HEIGHT_KEY]: string };
    }
  /** The reader of a watch did not keep up; it may start again at `resumeHeight`. */
  | {
      readonly code: 'CONSENSUS_WATCH_TOO_SLOW';
      readonly resumeHeight: bigint;
      readonly trailer: { readonly [RESUME_HEIGHT_KEY]: string };
    }
  | { readonly code: 'CONSENSUS_STOPPING' };

export type ClientErrorCode = ClientErrorDetail['code'];

export class ClientError extends AppError<ClientErrorDetail> {
  override readonly name = 'ClientError';
}

/** A request whose `field` is out of its bounds. */
export function invalidRequest(field: string, rule: string): ClientError {
  return new ClientError(`${field} ${rule}`, { code: 'CONSENSUS_REQUEST_INVALID', field });
}

/** A transaction of more bytes than the genesis allows. */
export function transactionTooLarge(message: string, sizeBytes: number): ClientError {
  return new ClientError(message, {
    code: 'CONSENSUS_TRANSACTION_TOO_LARGE',
    sizeBytes,
    trailer: { [TRANSACTION_BYTES_KEY]: `${sizeBytes}` },
  });
}

/** A transaction that was refused for this reason. */
export function withReason(message: string, code: ReasonedCode, reason: string): ClientError {
  return new ClientError(message, { code, reason, trailer: { [REASON_KEY]: headerText(reason) } });
}

/** Metadata is printable ASCII, and grpc-js throws at all else. */
function headerText(text: string): string {
  const short = text.slice(0, REFUSAL_REASON_LENGTH_MAX).toWellFormed();
  return short.replace(/[^ -$&-~]+/gu, encodeURIComponent);
}

/** The answer lies in a final block between these heights, inclusive, which this member still lacks. */
export function historyMissing({ from, to }: HeightSpan): ClientError {
  return new ClientError(
    `this member began from a snapshot and still fetches heights ${from} to ${to}: ask another member, or this one later`,
    { code: 'CONSENSUS_HISTORY_MISSING', from, to },
  );
}

export function watchGaveWay(resumeHeight: bigint): ClientError {
  return new ClientError(
    `this watch gave its place to a caller with fewer: watch again from height ${resumeHeight}, here later or on another member`,
    {
      code: 'CONSENSUS_WATCH_GAVE_WAY',
      resumeHeight,
      trailer: { [RESUME_HEIGHT_KEY]: `${resumeHeight}` },
    },
  );
}

export function historyDamaged(height: bigint): ClientError {
  return new ClientError(
    `block ${height} is damaged on the disk of this member, which fetches it again from others: ask another member, or ` +
      'this one later',
    { code: 'CONSENSUS_HISTORY_DAMAGED', height },
  );
}

export function watchTooSlow(resumeHeight: bigint): ClientError {
  return new ClientError(`reader too slow: watch again from height ${resumeHeight}`, {
    code: 'CONSENSUS_WATCH_TOO_SLOW',
    resumeHeight,
    trailer: { [RESUME_HEIGHT_KEY]: `${resumeHeight}` },
  });
}
