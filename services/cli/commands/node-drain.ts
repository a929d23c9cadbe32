import { Command, Option } from 'commander';
import { withOperatorService } from '#services/launcher/adapters/operator-client.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { drained } from '../adapters/drained.ts';
import { leaveFactsOf } from '../adapters/leave-facts.ts';
import { stoppedNode } from '../adapters/node-holder.ts';
import { judgeLeave, leaveText } from '../core/leave-guard.ts';
import { action, type CommandContext } from './context.ts';
import { type NodeHomeOptions, nodePathsOf, withNodeHomeOptions } from './home-options.ts';
import { targetOf } from './member-options.ts';
import { wholeNumber } from './option-values.ts';

const TIMEOUT_S = { min: 1, max: 3_600 } as const;
const TIMEOUT_S_DEFAULT = 60;

const NOTES = `
Ctrl-C and SIGTERM stop a node in order: no vote follows, and nothing that is final is lost. But it takes transactions until that
moment, and one that it has just taken may not have reached another member: its client must hand it in again. A drain takes no new
ones first: clients are told so (UNAVAILABLE, CONSENSUS_STOPPING), and /readyz fails by takes_transactions. Those that wait here are given to
all members once more, and the node goes on to decide until they are final, but no longer than --timeout. Then it is stopped as by SIGTERM.

Before that it asks as "btcfed maintenance check" does, and leaves all as it is where the others would be too few, unless --force is given.
--cancel has a member that was drained and not stopped take transactions again; so does a new start.

Exit codes: 0 drained and stopped, all of its transactions final   1 it must stay up, or could not be stopped
            2 stopped, and some of its transactions are not final: the members that it reached have them   3 no node runs from this home

Examples:
  $ btcfed node drain --home /var/lib/btcfed
  $ btcfed node drain --home /var/lib/btcfed --timeout 300 --json
  $ btcfed node drain --home /var/lib/btcfed --cancel`;

interface DrainOptions extends NodeHomeOptions {
  readonly timeout: number;
  readonly force?: boolean;
  readonly cancel?: boolean;
}

/** Takes a member down without a loss to its clients. */
export function nodeDrainCommand(context: CommandContext): Command {
  return withNodeHomeOptions(new Command('drain'))
    .description('stop a node that runs, once it has taken no new transactions and its own are final')
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for its transactions')
        .argParser(wholeNumber(TIMEOUT_S))
        .default(TIMEOUT_S_DEFAULT),
    )
    .option('--force', 'also where the others are too few to decide')
    .option('--cancel', 'take transactions again')
    .addHelpText('after', NOTES)
    .action(action(context, (options: DrainOptions) => drain(context, options)));
}

async function drain({ terminal }: CommandContext, options: DrainOptions): Promise<ExitCode> {
  const paths = nodePathsOf(options);
  if (options.cancel === true) {
    await withOperatorService(paths, (client) => client.drain({ cancel: true }));
    terminal.out(options.json === true ? jsonText({ isDraining: false }) : 'takes transactions again');
    return EXIT_CODES.ok;
  }
  if (options.force !== true) await refuseWhereNeeded(options);
  const { waiting, toldMembers } = await drained(paths, options.timeout * 1_000, (left) =>
    terminal.note(`${left} of its transactions are not final yet`),
  );
  await stoppedNode(paths);
  const answer = { isDraining: true, isStopped: true, waiting, toldMembers };
  const words =
    waiting === 0
      ? 'all of its transactions are final'
      : `${waiting} of its transactions are not final: ${toldMembers} members have them`;
  terminal.out(options.json === true ? jsonText(answer) : `stopped; ${words}`);
  return waiting === 0 ? EXIT_CODES.ok : EXIT_CODES.notThere;
}

/** @throws CliError where the others do not decide without this member. */
async function refuseWhereNeeded({ home }: DrainOptions): Promise<void> {
  const { silent: _silent, ...facts } = await leaveFactsOf(targetOf({ home }), []);
  const verdict = judgeLeave(facts);
  if (verdict.isSafe) return;
  const sentence = leaveText(facts.leaving, verdict);
  throw new CliError(`${sentence}; drain it all the same with --force`, { code: 'CLI_INVALID_INPUT' });
}
