import { AppError } from '#libs/errors/app-error.ts';

/** The faults of a settings file. No message about them ever holds a private key. */
export type SettingsErrorDetail =
  | { readonly code: 'CONF_UNPARSABLE' }
  | { readonly code: 'CONF_INVALID' }
  | { readonly code: 'PEERS_UNPARSABLE' }
  | { readonly code: 'PEERS_EMPTY' }
  | { readonly code: 'GENESIS_INVALID' }
  | { readonly code: 'KEY_INVALID' };

interface SettingsErrorOptions extends ErrorOptions {
  /** The fault without the promised words before it: line, key, value and cure. Left out where the message is that. */
  readonly plain?: string;
}

/** A fault in a settings file that its author must fix: the message names the key and the remedy. */
export class SettingsError extends AppError<SettingsErrorDetail> {
  override readonly name = 'SettingsError';
  /** Without the promised words: line, key, value and cure. */
  readonly plain: string;

  constructor(message: string, detail: SettingsErrorDetail, options?: SettingsErrorOptions) {
    super(message, detail, options);
    this.plain = options?.plain ?? message;
  }

  /** One sentence with the name of the file, for a person: `conf.yaml, line 30: logging.level must be …`. */
  inFile(file: string): string {
    return `${file}${this.plain.startsWith('line ') ? ', ' : ': '}${this.plain}`;
  }
}
