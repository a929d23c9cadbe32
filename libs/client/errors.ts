import { AppError } from '../errors/app-error.ts';

export type FederationClientErrorDetail =
  /** A member answered with what no member that follows the protocol says. Ask another. */
  | { readonly code: 'CLIENT_ANSWER_INVALID' }
  /** A watch could not be opened again for too long. It may start again at `resumeHeight`. */
  | { readonly code: 'CLIENT_WATCH_LOST'; readonly resumeHeight: bigint };

/** What goes wrong on this side of the connection. What a member refuses is a `RemoteError`. */
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
