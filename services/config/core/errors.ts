import { AppError } from '#libs/errors/app-error.ts';

export type RequestErrorDetail =
  | { readonly code: 'CONFIG_REQUEST_INVALID' }
  | { readonly code: 'CONFIG_PEER_UNKNOWN' };

/** A request that cannot be answered as it is. */
export class RequestError extends AppError<RequestErrorDetail> {
  override readonly name = 'RequestError';
}
