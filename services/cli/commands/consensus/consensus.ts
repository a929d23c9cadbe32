import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { consensusHaltCommand } from './halt.ts';
import { consensusNudgeCommand } from './nudge.ts';

const EXAMPLES = `
They reach consensus at the socket run/member.sock of the home, which only the user of the node may enter.

Examples:
  $ btcfed consensus halt 1000 --home /var/lib/btcfed
  $ btcfed consensus halt --clear --home /var/lib/btcfed
  $ btcfed consensus nudge --home /var/lib/btcfed`;

/** The operator's words to the consensus of a node that runs. */
export function consensusCommand(context: CommandContext): Command {
  return new Command('consensus')
    .description(
      'what the operator says to a member that runs: where it stops, and that it need not wait so long',
    )
    .addHelpText('after', EXAMPLES)
    .addCommand(consensusHaltCommand(context))
    .addCommand(consensusNudgeCommand(context));
}
