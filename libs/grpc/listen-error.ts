import { AppError } from '#libs/errors/app-error.ts';

/** The faults of a listening address or its certificates. */
export interface ListenErrorDetail {
  readonly code:
    | 'ADDRESS_INVALID'
    | 'ADDRESS_IN_USE'
    | 'ADDRESS_UNAVAILABLE'
    | 'SOCKET_FOLDER_OPEN'
    | 'TLS_INVALID'
    | 'TLS_REQUIRED';
  readonly address: string;
}

export class ListenError extends AppError<ListenErrorDetail> {
  override readonly name = 'ListenError';
}

/** The error of an address that cannot be listened on, with the remedy. */
export function bindError(address: string, cause: Error): ListenError {
  const inUse = /EADDRINUSE/.test(cause.message);
  const message = inUse
    ? `address ${address} is in use by another process: stop it first`
    : `cannot listen on ${address}: ${cause.message}`;
  return new ListenError(
    message,
    { code: inUse ? 'ADDRESS_IN_USE' : 'ADDRESS_UNAVAILABLE', address },
    { cause },
  );
}
