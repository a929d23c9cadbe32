import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';

/**
 * The exit code that belongs to a sentence on stderr: a command line that could not be read is told with the place of its
 * help, and is not the refusal of one that could.
 */
export function refusalCode(notes: string): ExitCode {
  return / --help"\)$/.test(notes) ? EXIT_CODES.usage : EXIT_CODES.failed;
}
