import type { Command } from 'commander';
import type { ExitCode } from '#services/launcher/words/exit-codes.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import type { AskLine } from '../adapters/ask-line.ts';
import type { AskSecret } from '../adapters/passphrase-source.ts';
import type { Screen } from '../adapters/terminal-screen.ts';

/** The parts of its process that every command may use. */
export interface CommandContext extends ProcessContext {
  readInput(): Promise<Uint8Array>;
  /** Asks the person at the terminal for a secret, without showing it; left out: nobody is there. */
  readonly askSecret?: AskSecret | undefined;
  /** Asks the person at the terminal for a line; left out: nobody is there. */
  readonly askLine?: AskLine | undefined;
  /** The terminal itself, to be redrawn; left out: a person does not sit at both its ends. */
  readonly screen?: Screen | undefined;
  /** Whether `out` goes to a terminal. */
  readonly isOutTerminal?: boolean;
  /** Notes the exit code of the command that ran. */
  end(code: ExitCode): void;
}

/** A command of the table in `program.ts`. */
export type CommandFactory = (context: CommandContext) => Command;

/** The action of a command: `work` returns the exit code. */
export function action<Args extends unknown[]>(
  context: CommandContext,
  work: (...args: Args) => Promise<ExitCode>,
): (...args: Args) => Promise<void> {
  return async (...args) => context.end(await work(...args));
}
