import { AppError } from '#libs/errors/app-error.ts';

export type FederationClientErrorDetail =
  /** A member gave an answer that no member gives which follows the protocol. Ask another. */
  | { readonly code: 'CLIENT_ANSWER_INVALID' }
  /** A watch could not be opened again for too long. It may start again at `resumeHeight`. */
  | { readonly code: 'CLIENT_WATCH_LOST'; readonly resumeHeight: bigint };

/** Errors on this side of the connection. A refusal of a member is a `RemoteError`. */
export class FederationClientError extends AppError<FederationClientErrorDetail> {
  override readonly name = 'FederationClientError';
}

export function invalidAnswer(what: string, cause?: unknown): FederationClientError {
  return new FederationClientError(
    `the member answered nonsense: ${what}`,
    { code: 'CLIENT_ANSWER_INVALID' },
    {
      cause,
    },
  );
}
