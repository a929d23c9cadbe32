import { Command, CommanderError } from 'commander';
import { AppError } from '#libs/errors/app-error.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { fileProblem } from '#services/launcher/words/file-problem.ts';
import { benchCommand } from '#test/bench/bench-command.ts';
import { blockCommand } from './commands/block.ts';
import { configCommand } from './commands/config/config.ts';
import type { CommandContext, CommandFactory } from './commands/context.ts';
import { cryptoCommand } from './commands/crypto/crypto.ts';
import { evidenceCommand } from './commands/evidence/evidence.ts';
import { genesisCommand } from './commands/genesis.ts';
import { initCommand } from './commands/init.ts';
import { keygenCommand, withTwoDashes } from './commands/keygen.ts';
import { membersCommand } from './commands/members/members.ts';
import { nodeCommand } from './commands/node.ts';
import { pkiCommand } from './commands/pki/pki.ts';
import { signerCommand } from './commands/signer/signer.ts';
import { simCommand } from './commands/sim.ts';
import { statusCommand } from './commands/status.ts';
import { testnetCommand } from './commands/testnet.ts';
import { txCommand } from './commands/tx/tx.ts';
import { upCommand } from './commands/up.ts';
import { validatorsCommand } from './commands/validators.ts';
import { watchCommand } from './commands/watch.ts';
import { exitCodeOf } from './core/exit-code.ts';

/** Every command, in the order of the help. A new one is a file in `commands/`, or in the folder of its noun there, and a line here or in the command of its noun. */
const COMMANDS: readonly CommandFactory[] = [
  upCommand,
  initCommand,
  genesisCommand,
  testnetCommand,
  nodeCommand,
  configCommand,
  keygenCommand,
  txCommand,
  blockCommand,
  statusCommand,
  validatorsCommand,
  membersCommand,
  evidenceCommand,
  watchCommand,
  signerCommand,
  pkiCommand,
  cryptoCommand,
  benchCommand,
  simCommand,
];

const EXIT_CODES_HELP = `
Exit codes:
  0 done   1 refused or failed, one sentence on stderr   2 not there, or not yet
  3 the member does not answer   70 a fault of btcfed itself   130, 143 stopped by Ctrl-C, SIGTERM

In a checkout type "npx btcfed" where these texts say "btcfed". The whole description is in services/cli/README.md.`;

/** Runs one command line and returns the exit code. Problems go to the terminal as one sentence. */
export async function runProgram(
  args: readonly string[],
  context: Omit<CommandContext, 'end'>,
): Promise<ExitCode> {
  let code: ExitCode = EXIT_CODES.ok;
  const program = programOf({
    ...context,
    end: (outcome) => {
      code = outcome;
    },
  });
  try {
    await program.parseAsync([...withTwoDashes(args)], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : usageCode(args);
    return refused(error, context);
  }
}

/** What `btcfed crypto verify` ends with 1 for is a signature, never a command line. */
function usageCode([command]: readonly string[]): ExitCode {
  return command === 'crypto' ? EXIT_CODES.unusable : EXIT_CODES.failed;
}

function programOf(context: CommandContext): Command {
  const { terminal } = context;
  const program = new Command('btcfed')
    .description('A federation node: members agree, with finality, on one chain of transactions.')
    .addHelpText('after', EXIT_CODES_HELP);
  for (const make of COMMANDS) program.addCommand(make(context));
  forEachCommand(program, (command) => {
    command.exitOverride().showSuggestionAfterError();
    command.configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text, write) => write(oneSentence(text, command)),
    });
  });
  return program;
}

function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}

/** Commander's complaint as one line that also says where help is. */
function oneSentence(text: string, command: Command): string {
  const complaint = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return `btcfed: ${complaint} (see "${pathOf(command)} --help")`;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function refused(error: unknown, { terminal }: Pick<CommandContext, 'terminal'>): ExitCode {
  const code = exitCodeOf(error);
  const sentence = error instanceof AppError ? sentenceOf(error) : (fileProblem(error) ?? stackOf(error));
  terminal.note(`btcfed: ${sentence}`);
  return code;
}

/** Of a fault of ours, for whoever mends it. */
function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a member said itself, without the name of the call that it answered. */
function sentenceOf({ message }: AppError): string {
  return message.replace(/^[\w.]+\/\w+ failed with /, 'the member says ');
}
