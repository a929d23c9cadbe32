import { Command, Option } from 'commander';
import { MEMBERS_MAX } from '#libs/membership/limits.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { foundingSizeFault } from '#services/launcher/testnet/founding-size.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import type { SimArguments } from '../simulation/sim-arguments.ts';
import { action, type CommandContext } from './context.ts';
import { withLatencyOptions } from './latency-model-options.ts';
import { readableFile, wholeNumber } from './option-values.ts';
import { withModelOptions } from './signer-model-options.ts';
import { SIM_EXAMPLES } from './sim-examples.ts';

/** The largest federation of a run with faults: a larger one takes minutes and shows no more than a smaller one. */
const FAULTY_MEMBERS_MAX = 64;
const SEEDS_MAX = 1_000_000_000;
const JOBS_MAX = 256;

/** Consensus in a simulated world: seeds, scenarios, crash points and removed rules. */
export function simCommand(context: CommandContext): Command {
  const command = new Command('sim')
    .description('simulate a federation under faults and lies, once for each seed, and check its invariants')
    .option('--protocol <name>', `protocol to run (default: ${DEFAULT_PROTOCOL})`)
    .addOption(number('--jobs <j>', 'threads', { min: 1, max: JOBS_MAX, normal: 1 }))
    .option('--shard <i/n>', 'only the i-th of n equal parts of the runs')
    .addOption(new Option('--replay <seed>', 'run one seed twice and show its events').argParser(seedNumber))
    .option('--trace', 'with --replay: every event')
    .addOption(
      new Option(
        '--trace-hashes <file>',
        'a line for each seed, with the hash of all that happened: equal files, nothing moved',
      ).conflicts(['replay', 'twins', 'scenario', 'crash', 'mutants', 'signerModel']),
    )
    .addOption(
      new Option('--twins <mode>', 'f members are two instances with one key: every scenario, or one a seed')
        .choices(['exhaustive', 'sample'])
        .conflicts('replay'),
    )
    .addOption(
      new Option('--scenario <file>', 'the scenarios of a Twins file (JSON, as relab writes it)')
        .argParser(readableFile)
        .conflicts(['replay', 'twins']),
    )
    .addOption(
      new Option('--crash <mode>', 'a run for each crash point: of one member, then a power cut of all')
        .choices(['exhaustive'])
        .conflicts(['replay', 'twins', 'scenario']),
    )
    .addOption(
      number('--blocks <b>', 'with --crash: blocks on whose way it happens', { min: 1, max: 100, normal: 3 }),
    )
    .addOption(
      new Option(
        '--mutants',
        'take out one rule at a time and show what notices; --seeds is how long it may take',
      ).conflicts(['replay', 'twins', 'scenario', 'crash', 'shard']),
    )
    .addOption(
      new Option(
        '--signer-model',
        'search all that hostile hosts can bring honest signers to, with all rules of the signer and without each',
      ).conflicts(['replay', 'twins', 'scenario', 'crash', 'shard', 'mutants']),
    )
    .option('--json', 'end with one JSON object on stdout');
  return withModelOptions(withLatencyOptions(withSeedOptions(command)))
    .addHelpText('after', SIM_EXAMPLES)
    .action(
      action(context, async (args: SimArguments) => {
        const { members, signerModel, model, protocol = DEFAULT_PROTOCOL } = args;
        if (model === undefined && members > FAULTY_MEMBERS_MAX) throw tooMany(members);
        const choice = { protocol, protocols: FOUNDING_PROTOCOLS };
        const fault = signerModel ? undefined : foundingSizeFault(members, choice);
        if (fault !== undefined) throw unusable(fault);
        // Loaded when it is asked for: the other commands start without the protocols.
        const { runSim } = await import('../simulation/run-sim.ts');
        return runSim(context, args);
      }),
    );
}

/** The options that describe the runs of the seeds. */
function withSeedOptions(command: Command): Command {
  return command
    .addOption(
      number('--members <n>', 'members; up to f of them lie; with --model up to 512', {
        min: 1,
        max: MEMBERS_MAX,
        normal: 4,
      }),
    )
    .addOption(number('--seeds <k>', 'how many seeds', { min: 1, max: SEEDS_MAX, normal: 100 }))
    .addOption(number('--from <seed>', 'first seed', { min: 0, max: SEEDS_MAX, normal: 1 }))
    .option('--actors <list>', 'only these lies, by comma; "none": honest members only')
    .option('--faults <list>', 'only these kinds of faults, by comma; "none": a good network')
    .option(
      '--without <list>',
      'leave out kinds, or single entries like crash.2: as a failing run prints them',
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'safety: only faults; liveness: f members lie or are broken for good',
      ).choices(['safety', 'liveness']),
    )
    .addOption(
      new Option(
        '--nodes <kind>',
        'whole: with sync, snapshots and changes of members; replicas: consensus alone; else each seed decides',
      ).choices(['whole', 'replicas']),
    )
    .addOption(
      number('--repeat <n>', 'every n-th seed runs twice and must do the same', {
        min: 1,
        max: SEEDS_MAX,
        normal: 1,
      }),
    );
}

function tooMany(members: number): Error {
  const range = `a whole number from 1 to ${FAULTY_MEMBERS_MAX}`;
  return unusable(`--members: expected ${range}, or with --model latency to ${MEMBERS_MAX}, not ${members}`);
}

const seedNumber = wholeNumber({ min: 0, max: 2 * SEEDS_MAX });

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly normal: number;
}

function number(flags: string, text: string, { min, max, normal }: Bounds): Option {
  return new Option(flags, text).argParser(wholeNumber({ min, max })).default(normal);
}
