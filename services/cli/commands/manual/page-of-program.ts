import type { Command } from 'commander';
import type { CommandPage } from '../../manual/command-page.ts';
import { pageOfCommand } from '../../manual/page-of-command.ts';

/** The page of the program that a command is part of. */
export function pageOfProgram(command: Command): CommandPage {
  return command.parent === null ? pageOfCommand(command) : pageOfProgram(command.parent);
}
