import { runCommandLine } from '#services/cli/run-command-line.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { NO_GO_EXIT_CODE, peerCommand } from './peer-command.ts';

/** Runs one command line of `npm run bench:peer` and returns the exit code. `findGo` gives the command of a Go, if there is one. */
export async function runPeerProgram(
  args: readonly string[],
  context: ProcessContext,
  findGo: () => string | undefined,
): Promise<number> {
  let isGoMissing = false;
  const foundGo = (): string | undefined => {
    const go = findGo();
    isGoMissing = go === undefined;
    return go;
  };
  const program = {
    name: 'bench:peer',
    make: (given: Parameters<typeof peerCommand>[0]) => peerCommand(given, foundGo),
  };
  const code = await runCommandLine(args, program, { ...context, readInput: async () => new Uint8Array() });
  return isGoMissing ? NO_GO_EXIT_CODE : code;
}
