import { Command } from 'commander';
import { withOperatorService } from '#services/launcher/adapters/operator-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type NodeHomeOptions, nodePathsOf, withNodeHomeOptions } from '../home-options.ts';

const NOTES = `
Each view that fails lets the next one wait longer, up to a bound. After a long outage that is over, a member may wait out the last of these
although all others are back. The nudge ends that wait: the view at hand waits no longer than one that follows a decision, and the
member says at once again what it said in it. Say it to each member. It is safe at any time, and changes what is signed by no rule: timers
decide nothing but when. Views that fail afterwards make waits long again.

Exit codes: 0 done   3 no node runs from this home

Examples:
  $ btcfed consensus nudge --home /var/lib/btcfed
  $ for m in federation/m*; do btcfed consensus nudge --home $m; done`;

/** Ends the wait of a view. */
export function consensusNudgeCommand(context: CommandContext): Command {
  return withNodeHomeOptions(new Command('nudge'))
    .description('end the wait of the view at hand, which earlier failures made long')
    .addHelpText('after', NOTES)
    .action(action(context, (options: NodeHomeOptions) => nudge(context, options)));
}

async function nudge({ terminal }: CommandContext, options: NodeHomeOptions): Promise<ExitCode> {
  const { height, view, timeoutMs } = await withOperatorService(nodePathsOf(options), (client) =>
    client.nudge({}),
  );
  const words = `view ${view} of height ${height} waits ${Math.round(timeoutMs)} ms from now on at most`;
  terminal.out(options.json === true ? jsonText({ height, view, timeoutMs }) : words);
  return EXIT_CODES.ok;
}
