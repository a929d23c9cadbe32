import { type Command, CommanderError } from 'commander';
import { AppError } from '#libs/errors/app-error.ts';
import { errorCodeOf } from '#services/launcher/core/error-code.ts';
import { PartialAnswer } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { fileProblem } from '#services/launcher/words/file-problem.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import type { CommandContext } from './commands/context.ts';
import { exitCodeOf } from './core/exit-code.ts';

/** A program of commands, or of one. */
export interface CommandLineProgram {
  /** Begins the sentence about a problem. */
  readonly name: string;
  readonly make: (context: CommandContext) => Command;
}

/** Runs one command line of a program and returns the exit code. Problems go to the terminal as one sentence. */
export async function runCommandLine(
  args: readonly string[],
  { name, make }: CommandLineProgram,
  context: Omit<CommandContext, 'end'>,
): Promise<ExitCode> {
  let code: ExitCode = EXIT_CODES.ok;
  const program = make({
    ...context,
    end: (outcome) => {
      code = outcome;
    },
  });
  forEachCommand(program, (command) => speakThrough(context.terminal, { name, command }));
  let isJson = false;
  program.hook('preAction', (_program, command) => {
    isJson = command.opts<{ json?: boolean }>().json === true;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return ended(error, args, context.terminal);
    return refused(error, { name, isJson }, context.terminal);
  }
}

/** Commander has written help, or its complaint, before: only the JSON is missing. */
function ended({ exitCode, message }: CommanderError, args: readonly string[], terminal: Terminal): ExitCode {
  if (exitCode === 0) return EXIT_CODES.ok;
  // No command was found that could have read its options.
  if (args.includes('--json'))
    terminal.out(jsonText({ error: { code: 'CLI_USAGE', message: plainComplaint(message) } }));
  return EXIT_CODES.usage;
}

interface Named {
  readonly name: string;
  readonly command: Command;
}

function speakThrough(terminal: Terminal, { name, command }: Named): void {
  command.exitOverride().showSuggestionAfterError();
  command.configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.note(text.trimEnd()),
    outputError: (text, write) => write(oneSentence(text, { name, command })),
  });
}

function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}

/** Commander's complaint as one line that also says where help is. */
function oneSentence(text: string, { name, command }: Named): string {
  const complaint = plainComplaint(text);
  return `${name}: ${complaint} (see "${pathOf(command)} --help")`;
}

function plainComplaint(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

interface Run {
  readonly name: string;
  /** The command was asked for one JSON object. */
  readonly isJson: boolean;
}

/** A refusal by a service says its code too, which the operator looks up in the tables of the services. */
function refused(thrown: unknown, { name, isJson }: Run, terminal: Terminal): ExitCode {
  const isPartial = thrown instanceof PartialAnswer;
  const error = isPartial ? thrown.reason : thrown;
  const exitCode = exitCodeOf(error);
  const message = error instanceof AppError ? sentenceOf(error) : (fileProblem(error) ?? stackOf(error));
  const code = errorCodeOf(error);
  const answer = isPartial ? thrown.answer : {};
  if (isJson) terminal.out(jsonText({ ...answer, error: { code: code ?? ownCodeOf(error), message } }));
  terminal.note(`${name}: ${message}${code === undefined ? '' : ` (code ${code})`}`);
  return exitCode;
}

/** The code of a failure that no service refused. */
function ownCodeOf(error: unknown): string {
  if (error instanceof AppError) return error.detail.code;
  return fileProblem(error) === undefined ? 'CLI_FAULT' : 'CLI_INVALID_INPUT';
}

/** The stack of a fault of ours, for the developer who fixes it. */
function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The member's own sentence, without the name of the call that it answered. */
function sentenceOf({ message }: AppError): string {
  return message.replace(/^[\w.]+\/\w+ failed with /, 'the member says ');
}
