import { AppError } from '#libs/errors/app-error.ts';

/** A member that cannot speak to the others by HTTP. */
export class TransportError extends AppError<{
  readonly code: 'TRANSPORT_CONFIG_AWAY' | 'TRANSPORT_KEY' | 'TRANSPORT_ADDRESS' | 'TRANSPORT_SETTINGS';
}> {
  override readonly name = 'TransportError';
}
