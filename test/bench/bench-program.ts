import { runCommandLine } from '#services/cli/run-command-line.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { benchCommand } from './bench-command.ts';

/** Runs one command line of `npm run bench` and returns the exit code. */
export function runBenchProgram(args: readonly string[], context: ProcessContext): Promise<ExitCode> {
  const program = { name: 'bench', make: benchCommand, usageCode: EXIT_CODES.failed };
  return runCommandLine(args, program, { ...context, readInput: async () => new Uint8Array() });
}
