import { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { signerSelftestCommand } from './signer-selftest.ts';

const EXAMPLES = `
Examples:
  $ btcfed signer selftest --json
  $ btcfed signer selftest --scheme slh-dsa-sha2-256s`;

/** The signer's side of things: what keeps the key of a member. */
export function signerCommand(context: CommandContext): Command {
  return new Command('signer')
    .description('check what a signer depends on')
    .addCommand(signerSelftestCommand(context))
    .addHelpText('after', EXAMPLES);
}
