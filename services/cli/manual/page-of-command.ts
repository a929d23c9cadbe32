import { EventEmitter } from 'node:events';
import type { Argument, Command, Option } from 'commander';
import type { ArgumentPage, CommandPage, OptionPage, ValueKind } from './command-page.ts';

const KINDS: readonly (readonly [RegExp, ValueKind])[] = [
  [/<(?:file|path)\b/, 'file'],
  [/<dir\b/, 'folder'],
];

/** The page of a command and of all below it, from its own help. */
export function pageOfCommand(command: Command, above: readonly string[] = []): CommandPage {
  const help = command.createHelp();
  const words = [...above, command.name()];
  return {
    words,
    usage: command.usage(),
    summary: command.description(),
    arguments: command.registeredArguments.map(pageOfArgument),
    options: help.visibleOptions(command).map(pageOfOption),
    commands: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map((child) => pageOfCommand(child, words)),
    notes: notesOf(command),
  };
}

function pageOfArgument(argument: Argument): ArgumentPage {
  const choices = argument.argChoices ?? [];
  const value = choices.length > 0 ? 'choice' : kindOf(`<${argument.name()}>`);
  return { name: argument.name(), summary: argument.description, value, choices };
}

function pageOfOption(option: Option): OptionPage {
  const { short, long, flags, description, argChoices: choices = [] } = option;
  const takesValue = option.required || option.optional;
  const value = choices.length > 0 ? 'choice' : takesValue ? kindOf(flags) : 'none';
  const names = [short, long].filter((name) => name !== undefined);
  return { names, flags, summary: description, value, choices };
}

function kindOf(flags: string): ValueKind {
  return KINDS.find(([pattern]) => pattern.test(flags))?.[1] ?? 'text';
}

/** Commander, whose commands are emitters, hands the text behind a help out by this event alone. */
function notesOf(command: Command): string {
  const texts: string[] = [];
  const emitter: unknown = command;
  if (emitter instanceof EventEmitter) {
    emitter.emit('afterHelp', { error: false, command, write: (text: string) => texts.push(text) });
  }
  return texts.join('').trim();
}
