import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { maintenanceCheckCommand } from './check.ts';

const EXAMPLES = `
Examples:
  $ btcfed maintenance check --home /var/lib/btcfed
  $ btcfed maintenance check --home m0 --also 10.0.0.2:7101 && systemctl stop btcfed`;

/** The questions before a member is taken down. */
export function maintenanceCommand(context: CommandContext): Command {
  return new Command('maintenance')
    .description('what to ask before a member is taken down')
    .addHelpText('after', EXAMPLES)
    .addCommand(maintenanceCheckCommand(context));
}
