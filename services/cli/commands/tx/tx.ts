import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { txGetCommand } from './get.ts';
import { txSubmitCommand } from './submit.ts';
import { txWaitCommand } from './wait.ts';

const EXAMPLES = `
Examples:
  $ btcfed tx submit --hex 0102ab --wait
  $ btcfed tx get HASH --verify genesis.json --json
  $ btcfed tx wait HASH --timeout 5`;

/** Transactions: hand in, look up, wait for. */
export function txCommand(context: CommandContext): Command {
  return new Command('tx')
    .description('submit, get or wait for a transaction')
    .addCommand(txSubmitCommand(context))
    .addCommand(txGetCommand(context))
    .addCommand(txWaitCommand(context))
    .addHelpText('after', EXAMPLES);
}
