import { AppError } from '#libs/errors/app-error.ts';

/** The faults of a settings file. No message about them ever holds a private key. */
export type SettingsErrorDetail =
  | { readonly code: 'CONF_UNPARSABLE' }
  | { readonly code: 'CONF_INVALID' }
  | { readonly code: 'PEERS_UNPARSABLE' }
  | { readonly code: 'PEERS_EMPTY' }
  | { readonly code: 'GENESIS_INVALID' }
  | { readonly code: 'KEY_INVALID' };

/** A fault in a settings file that its author must fix: the message names the key and the remedy. */
export class SettingsError extends AppError<SettingsErrorDetail> {
  override readonly name = 'SettingsError';
}
