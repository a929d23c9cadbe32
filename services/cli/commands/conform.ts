import { Command, Option } from 'commander';
import type { ConformArguments } from '../simulation/run-conform.ts';
import { action, type CommandContext } from './context.ts';
import { wholeNumber } from './option-values.ts';

const JOBS_MAX = 256;
const SEEDS_MAX = 10_000_000;

const EXAMPLES = `
Examples (npm run conform is "btcfed conform"):
  $ npm run conform -- --protocol NAME --quick --jobs 2          what npm test runs: a minute or two
  $ npm run conform -- --protocol NAME --jobs 2 --json           the whole kit, about an hour, and one JSON object at the end
  $ npm run conform -- --protocol NAME --shard 1/8 --json        a part of it, for one of eight machines
  $ npm run conform -- --protocol NAME --case C6,C7              Twins and crash points alone
  $ npm run conform -- --protocol NAME --case C5 --seeds 100000  a campaign: hours; with --shard 1/20 as well, a part of it
  $ npm run conform -- --protocol NAME --quick --part seeds.2    one part again, as a failure names it

A protocol is judged by its description alone: its table of votes, its module, its liars. Each row (a protocol in one
variant) has the cases C1 to C21. A case passed, failed, was skipped for the reason that its row gives, or is not built
yet. Cases that are not built yet are not counted as passed nor as skipped, and the exit code is 1 while there are any:
nobody may take a part of the kit for all of it. With --case, --part or --shard it says only whether these failed: a
case of which other parts were left out is partly run, and not passed; all shards must end with 0.
What each case shows, what none of them can, and how to read a failure: libs/simulation/conformance/README.md.`;

/** The judge of protocols. */
export function conformCommand(context: CommandContext): Command {
  return new Command('conform')
    .description(
      'judge a protocol by the conformance kit: 21 cases, each of which it must pass or rightly skip',
    )
    .option('--protocol <name>', 'protocol to judge; "all": every one that is registered', 'all')
    .option('--quick', 'fewer runs of each course: for each change of the code')
    .addOption(
      new Option('--jobs <j>', 'threads').argParser(wholeNumber({ min: 1, max: JOBS_MAX })).default(1),
    )
    .option('--shard <i/n>', 'only the i-th of n equal parts')
    .addOption(new Option('--case <list>', 'only these cases, by comma'))
    .addOption(
      new Option('--part <name>', 'only this part of a course, such as seeds.2').conflicts(['shard', 'case']),
    )
    .addOption(
      new Option(
        '--seeds <k>',
        'more seeds of the course "seeds", as a campaign: 10000 without it',
      ).argParser(wholeNumber({ min: 1, max: SEEDS_MAX })),
    )
    .option('--json', 'end with one JSON object on stdout')
    .addHelpText('after', EXAMPLES)
    .action(
      action(context, async (options: ConformArguments) => {
        // Loaded when it is asked for, as the simulator is.
        const { runConform } = await import('../simulation/run-conform.ts');
        return runConform(context, options);
      }),
    );
}
