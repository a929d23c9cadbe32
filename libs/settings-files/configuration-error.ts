import { AppError } from '#libs/errors/app-error.ts';

export type ConfigurationErrorDetail =
  /** conf.yaml cannot be read, written or accepted. */
  | { readonly code: 'CONFIG_CONF_REFUSED'; readonly class: ErrorClass }
  /** peers.yaml as a whole cannot be read, or cannot be written. */
  | { readonly code: 'CONFIG_PEERS_REFUSED'; readonly class: ErrorClass }
  /** peers.yaml was there and is gone; the list in memory stays. */
  | { readonly code: 'CONFIG_PEERS_GONE'; readonly class: ErrorClass }
  /** A service does not take the configuration over, or does not answer. */
  | { readonly code: 'CONFIG_PARTICIPANT_REFUSED'; readonly class: ErrorClass; readonly service: string };

/**
 * The side that can fix it (P2P-65): `recoverable` passes with time, as a lock or a late answer; `configuration` is a
 * fault in a person's file; `fatal` is a fault of the machine, as a full disk or a missing permission.
 */
export type ErrorClass = 'recoverable' | 'configuration' | 'fatal';

/** Why a configuration cannot come into force. The messages are those of test/requirements/texts.md 2.2 and 2.3. */
export class ConfigurationError extends AppError<ConfigurationErrorDetail> {
  override readonly name = 'ConfigurationError';
  /** The same as one sentence without the promised words before it: file, line, key, value and cure. */
  readonly plain: string;

  constructor(message: string, detail: ConfigurationErrorDetail, options?: ConfigurationErrorOptions) {
    super(message, detail, options);
    this.plain = options?.plain ?? message;
  }
}

interface ConfigurationErrorOptions extends ErrorOptions {
  /** Left out where the message has no promised words before it. */
  readonly plain?: string;
}

/** Codes of the operating system that may pass with time. Its other errors are faults of the machine. */
const PASSING = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'EMFILE', 'ENFILE', 'ETIMEDOUT', 'FILE_LOCK_TIMEOUT']);

/** The class of an error in reading or writing files; an error without a code is ours, about a text. */
export function errorClassOf(error: unknown): ErrorClass {
  if (error instanceof ConfigurationError) return error.detail.class;
  const code = error instanceof AppError ? error.detail.code : codeOf(error);
  if (code === undefined) return 'configuration';
  return PASSING.has(code) ? 'recoverable' : 'fatal';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
