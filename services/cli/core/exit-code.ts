import { AppError } from '#libs/errors/app-error.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { fileProblem } from '#services/launcher/words/file-problem.ts';

/** gRPC statuses that mean: asked properly, and the answer is no. */
const NOT_THERE = ['NOT_FOUND', 'OUT_OF_RANGE'];
/** gRPC statuses that mean: nobody answered. */
const UNREACHABLE = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNAUTHENTICATED'];

/**
 * The exit code for an error of a command. A file that the system refuses is a refusal; an error that nobody foresaw
 * is a crash.
 */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return ofCliError(error);
  if (fileProblem(error) !== undefined) return EXIT_CODES.failed;
  if (!(error instanceof AppError)) return EXIT_CODES.crash;
  const status = 'status' in error.detail ? String(error.detail.status) : '';
  if (NOT_THERE.includes(status)) return EXIT_CODES.notThere;
  return UNREACHABLE.includes(status) ? EXIT_CODES.unreachable : EXIT_CODES.failed;
}

function ofCliError({ detail }: CliError): ExitCode {
  switch (detail.code) {
    case 'CLI_INVALID_INPUT':
    case 'CLI_SERVICE_FAILED':
    case 'CLI_DEADLINE_PASSED':
    case 'CLI_NOT_PROVED':
      return EXIT_CODES.failed;
    case 'CLI_NOT_THERE':
      return EXIT_CODES.notThere;
    case 'CLI_UNUSABLE':
      return EXIT_CODES.usage;
    case 'CLI_UNREACHABLE':
      return EXIT_CODES.unreachable;
    case 'CLI_INTERRUPTED':
      return detail.signal === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.terminated;
  }
}
