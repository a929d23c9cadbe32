import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { membersExplainCommand } from './explain.ts';
import { membersListCommand } from './list.ts';
import { membersProofCommand } from './proof.ts';
import { membersApproveCommand, membersProposeCommand } from './vote.ts';

const EXAMPLES = `
How a member joins, and another leaves:
  1. its operator       $ btcfed init --home /var/lib/btcfed --name erin --announce /dns4/erin.example/tcp/9000
                        $ btcfed init --home /var/lib/btcfed --genesis genesis.json --join \\
                            --member alice.json bob.json carol.json dave.json
                        $ btcfed node --home /var/lib/btcfed
  2. each of the others $ btcfed peers add erin.json --home /var/lib/btcfed
     one of them begins
                        $ btcfed members propose --home /var/lib/btcfed --join erin.json --leave dave
  3. the others         $ btcfed members list
                        $ btcfed members approve 3f0c91 --home /var/lib/btcfed
  A number of the protocol changes in the same way, with members or alone:
                        $ btcfed members propose --home /var/lib/btcfed --parameter view_timeout_ms=8000
  Each of them sees the change in words, and votes by typing "yes"; its vote counts for a day at one block a second (--good-for).
  With the vote that completes the quorum the change is adopted; the new members decide from two heights later.`;

/** The commands about the members, who change by votes of a quorum in the chain. */
export function membersCommand(context: CommandContext): Command {
  return new Command('members')
    .description(
      'list the members, tell why one did not sign a block, vote for a change, or write the proof of who they are',
    )
    .addCommand(membersListCommand(context))
    .addCommand(membersExplainCommand(context))
    .addCommand(membersProposeCommand(context))
    .addCommand(membersApproveCommand(context))
    .addCommand(membersProofCommand(context))
    .addHelpText('after', EXAMPLES);
}
