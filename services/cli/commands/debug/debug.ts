import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { debugBundleCommand } from './bundle.ts';

const EXAMPLES = `
Examples:
  $ btcfed debug bundle --home /var/lib/btcfed
  $ btcfed debug bundle --home federation/m2 --output case-17.tar.gz`;

/** The commands that help when a node does not do what it should. */
export function debugCommand(context: CommandContext): Command {
  return new Command('debug')
    .description('what helps when a node does not do what it should')
    .addHelpText('after', EXAMPLES)
    .addCommand(debugBundleCommand(context));
}
