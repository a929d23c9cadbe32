import { AppError } from '#libs/errors/app-error.ts';

/** A refusal that a caller is told, as `{"error", "field", "cure"}`. */
export interface Refusal {
  /** 400 to 599. */
  readonly status: number;
  /** The fault, in one sentence. */
  readonly error: string;
  /** The part of the request that is wrong: a path in its body, `certificate`, `path`, or empty. */
  readonly field: string;
  /** The next step of the caller. */
  readonly cure: string;
}

/** A request that is refused. */
export class HttpError extends AppError<{ readonly code: 'HTTP_REFUSED' } & Refusal> {
  override readonly name = 'HttpError';

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(`${refusal.error}: ${refusal.cure}`, { code: 'HTTP_REFUSED', ...refusal }, options);
  }
}

/** A server or a client that cannot do its work. */
export class HttpFault extends AppError<{
  readonly code: 'HTTP_CANNOT_LISTEN' | 'HTTP_UNREACHABLE' | 'HTTP_WRONG_PEER' | 'HTTP_ANSWER_TOO_LARGE';
}> {
  override readonly name = 'HttpFault';
}
