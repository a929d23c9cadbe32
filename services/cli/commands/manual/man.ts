import { Command } from 'commander';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { manPage } from '../../manual/man-page.ts';
import { action, type CommandContext } from '../context.ts';
import { pageOfProgram } from './page-of-program.ts';

const EXAMPLES = `
Examples:
  $ btcfed man | man -l -
  $ btcfed man | sudo tee /usr/local/share/man/man1/btcfed.1 > /dev/null`;

/** The manual of all commands for man(1). */
export function manCommand(context: CommandContext): Command {
  return new Command('man')
    .description('print the manual of all commands for man')
    .addHelpText('after', EXAMPLES)
    .action(
      action(context, async (_options: object, command: Command) => {
        context.terminal.out(manPage(pageOfProgram(command), SOFTWARE_VERSION).trimEnd());
        return EXIT_CODES.ok;
      }),
    );
}
