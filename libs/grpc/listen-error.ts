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
