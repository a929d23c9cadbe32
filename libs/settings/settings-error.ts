import { AppError } from '../errors/app-error.ts';

/** What can be wrong with a file of settings. No message of these ever holds a private key. */
export type SettingsErrorDetail =
  | { readonly code: 'CONF_UNPARSABLE' }
  | { readonly code: 'CONF_INVALID' }
  | { readonly code: 'PEERS_UNPARSABLE' }
  | { readonly code: 'PEERS_EMPTY' }
  | { readonly code: 'GENESIS_INVALID' }
  | { readonly code: 'KEY_INVALID' };

/** A settings file that a person wrote and a person must mend: the message names the key and the cure. */
export class SettingsError extends AppError<SettingsErrorDetail> {
  override readonly name = 'SettingsError';
}
