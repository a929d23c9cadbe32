import { AppError } from '#libs/errors/app-error.ts';

export type ConfigurationErrorDetail =
  /** conf.yaml cannot be read, written or accepted. */
  | { readonly code: 'CONFIG_CONF_REFUSED' }
  /** peers.yaml as a whole cannot be read. */
  | { readonly code: 'CONFIG_PEERS_REFUSED' }
  /** peers.yaml was there and is gone; the list in memory stays. */
  | { readonly code: 'CONFIG_PEERS_GONE' };

/** Why a configuration cannot come into force. The messages are those of requirements 2.2 and 2.3. */
export class ConfigurationError extends AppError<ConfigurationErrorDetail> {
  override readonly name = 'ConfigurationError';
}
