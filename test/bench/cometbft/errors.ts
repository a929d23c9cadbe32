import { AppError } from '#libs/errors/app-error.ts';

export type CometbftErrorDetail =
  /** Nothing on this machine can build it. */
  | { readonly code: 'COMETBFT_NO_GO' }
  /** It was not built, or not from the pinned source. */
  | { readonly code: 'COMETBFT_NOT_BUILT' }
  /** A node did not start, ended, or says what it should not. */
  | { readonly code: 'COMETBFT_NODE_FAILED' };

/** A reason why CometBFT cannot be measured: one sentence for a person. */
export class CometbftError extends AppError<CometbftErrorDetail> {
  override readonly name = 'CometbftError';
}

export function nodeFailed(message: string, cause?: unknown): CometbftError {
  return new CometbftError(message, { code: 'COMETBFT_NODE_FAILED' }, { cause });
}
