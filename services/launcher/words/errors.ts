import { AppError } from '#libs/errors/app-error.ts';

export type CliErrorDetail =
  /** An argument, file or address that a person gave. `errorCode`: the code of the service that refused it. */
  | { readonly code: 'CLI_INVALID_INPUT'; readonly errorCode?: string | undefined }
  /** The same in a command whose exit code 1 is an answer. */
  | { readonly code: 'CLI_UNUSABLE' }
  /** A process that should run does not. */
  | { readonly code: 'CLI_SERVICE_FAILED'; readonly service: string }
  /** The work took longer than it may. */
  | { readonly code: 'CLI_DEADLINE_PASSED' }
  /** The requested thing is not there, or not yet. */
  | { readonly code: 'CLI_NOT_THERE' }
  /** The member's answer differs from its proof. */
  | { readonly code: 'CLI_NOT_PROVED' }
  /** The member does not answer. */
  | { readonly code: 'CLI_UNREACHABLE' }
  /** The person stopped it. */
  | { readonly code: 'CLI_INTERRUPTED'; readonly signal: 'SIGINT' | 'SIGTERM' };

/** A reason why a command cannot do its work: one sentence for a person. */
export class CliError extends AppError<CliErrorDetail> {
  override readonly name = 'CliError';
}

export function invalidInput(message: string, cause?: unknown): CliError {
  return new CliError(message, { code: 'CLI_INVALID_INPUT' }, { cause });
}

/** The same in a command whose exit code 1 is an answer, such as a seed that broke an invariant. */
export function unusable(message: string, cause?: unknown): CliError {
  return new CliError(message, { code: 'CLI_UNUSABLE' }, { cause });
}

/** A command that had a part of its answer when it failed: `answer` is that part, as `--json` shows it beside the error. */
export class PartialAnswer extends Error {
  override readonly name = 'PartialAnswer';
  readonly answer: Readonly<Record<string, string>>;
  readonly reason: unknown;

  constructor(answer: Readonly<Record<string, string>>, reason: unknown) {
    super('a command failed after a part of its answer was known', { cause: reason });
    this.answer = answer;
    this.reason = reason;
  }
}
