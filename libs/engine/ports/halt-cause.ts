import { ChainError, type ChainErrorDetail } from './chain-errors.ts';
import { codeOfHalt, type OperatorCode } from './operator-codes.ts';

/** Why a member signs nothing any more, as far as programs tell causes apart; the sentence beside it says the rest. */
export type HaltCause =
  /** chain.db does not hold what was written. */
  | 'store'
  /** The safety record is missing, damaged, or older than what the signer knows. */
  | 'record'
  /** A certificate contradicts a final block. */
  | 'fork'
  /** A certified block is not valid here. */
  | 'divergence'
  /** The key of this member signed what its record does not know. */
  | 'foreign-use'
  /** Evidence names more members than may lie. */
  | 'liars'
  /** The key of the signer is in quarantine. */
  | 'quarantine'
  /** The key of the signer is retired. */
  | 'retirement'
  /** The signer is of another chain or key. */
  | 'mismatch'
  /** The signer signs for another process now. */
  | 'takeover'
  /** A final block could not be executed. */
  | 'application'
  /** Its operator has it stop behind a height, and that is final. */
  | 'height'
  | 'other';

/** An error that says its cause itself. */
export class HaltError extends Error {
  override readonly name = 'HaltError';
  readonly haltCause: HaltCause;

  constructor(message: string, haltCause: HaltCause) {
    super(message);
    this.haltCause = haltCause;
  }
}

const CAUSE_OF_CHAIN: Readonly<Record<ChainErrorDetail['code'], HaltCause>> = {
  CHAIN_STORE_CORRUPT: 'store',
  CHAIN_STORE_OTHER_CHAIN: 'store',
  CHAIN_STORE_OTHER_MEMBER: 'store',
  CHAIN_FORK: 'fork',
  CHAIN_DIVERGED: 'divergence',
  CHAIN_CERTIFICATE_MISMATCH: 'fork',
  CHAIN_BLOCK_MISSING: 'store',
  RECORD_CORRUPT: 'record',
};

/** The facts that a monitor is told of the error that stops a member: the reason, its code where it has one, and its cause. */
export function haltOf(error: unknown): readonly [string, OperatorCode | undefined, HaltCause] {
  return [error instanceof Error ? error.message : String(error), codeOfHalt(error), haltCauseOf(error)];
}

/** The cause of the error that stopped a member. */
export function haltCauseOf(error: unknown): HaltCause {
  if (error instanceof HaltError) return error.haltCause;
  return error instanceof ChainError ? CAUSE_OF_CHAIN[error.detail.code] : 'other';
}
