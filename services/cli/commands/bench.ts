import { Command, Option } from 'commander';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { runBench } from '../bench/run-bench.ts';
import { DEFAULT_SCHEME } from '../testnet/federation-home.ts';
import { action, type CommandContext } from './context.ts';
import { wholeNumber } from './member-options.ts';

interface BenchArguments {
  readonly members: readonly number[];
  readonly scheme: string;
  readonly samples: number;
  readonly load: number;
  readonly bytes: number;
  readonly idle: number;
  readonly json?: boolean;
}

const WARM_UPS = 8;

const EXAMPLES = `
Examples (npm run bench is "btcfed bench"):
  $ npm run bench -- --json
  $ btcfed bench --members 4 --samples 100 --scheme slh-dsa-sha2-128s --load 0

ratio is commit p50, one transaction at a time, over floor: the time that the signatures of one decision take on
all cores of this machine. Run it on a machine that does nothing else.`;

/** How long a decision takes, how much fits into a second, and what an idle federation costs. */
export function benchCommand(context: CommandContext): Command {
  return new Command('bench')
    .description(
      'measure local federations: commit latency beside what signatures cost, throughput, idle CPU',
    )
    .option('--members <n,n,…>', 'sizes, measured one after the other', memberCounts, [4, 7])
    .option('--scheme <name>', 'signature scheme of the consensus keys', DEFAULT_SCHEME)
    .addOption(
      numberOption('--samples <n>', 'transactions, one at a time', { min: 1, max: 10_000, normal: 40 }),
    )
    .addOption(
      numberOption('--load <n>', 'transactions of the throughput run', {
        min: 0,
        max: 100_000,
        normal: 6_000,
      }),
    )
    .addOption(numberOption('--bytes <n>', 'size of a transaction', { min: 16, max: 262_144, normal: 1_000 }))
    .addOption(
      numberOption('--idle <seconds>', 'how long the idle federation is watched', {
        min: 1,
        max: 600,
        normal: 10,
      }),
    )
    .option('--json', 'end with one JSON object on stdout')
    .addHelpText('after', EXAMPLES)
    .action(
      action(context, ({ members, scheme, json, ...amounts }: BenchArguments) => {
        const plan = {
          warmUps: WARM_UPS,
          samples: amounts.samples,
          load: amounts.load,
          transactionBytes: amounts.bytes,
          idleMs: amounts.idle * 1_000,
        };
        return runBench(context, { members, scheme, plan, ...(json === undefined ? {} : { json }) });
      }),
    );
}

function numberOption(
  flags: string,
  text: string,
  { min, max, normal }: { readonly min: number; readonly max: number; readonly normal: number },
): Option {
  return new Option(flags, text).argParser(wholeNumber({ min, max })).default(normal);
}

function memberCounts(text: string): readonly number[] {
  return text.split(',').map(wholeNumber({ min: MEMBERS_MIN, max: MEMBERS_MAX }));
}
