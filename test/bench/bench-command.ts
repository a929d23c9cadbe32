import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { action, type CommandContext } from '#services/cli/commands/context.ts';
import { protocolName, wholeNumber } from '#services/cli/commands/option-values.ts';
import { DEFAULT_SCHEME } from '#services/launcher/testnet/federation-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { runBench } from './federation/run-bench.ts';
import { LOAD_IN_FLIGHT } from './load/load-plan.ts';
import { runSignerBench } from './signer/run-signer-bench.ts';

interface BenchArguments {
  readonly members: readonly number[];
  readonly protocol: readonly string[];
  readonly turns: number;
  readonly scheme: string;
  readonly samples: number;
  readonly load: number;
  readonly warmUp: number;
  readonly batch: number;
  readonly inFlight: number;
  readonly bytes: number;
  readonly idle: number;
  readonly signer?: boolean;
  readonly program?: string;
  readonly json?: boolean;
}

const WARM_UPS = 8;

/** Beside the scheme of local federations the one of the ADR: small signatures that take half a second. */
const SIGNER_SCHEMES = [DEFAULT_SCHEME, 'slh-dsa-sha2-256s'] as const;

const EXAMPLES = `
Examples (npm wants "--" before options):
  $ npm run bench -- --json
  $ npm run bench -- --protocol hotstuff,pbft --members 4,7 --turns 2 --json
  $ npm run bench -- --signer --json
  $ npm run bench -- --signer --program /opt/btcfed-signer --json
  $ npm run bench -- --members 4 --samples 100 --scheme slh-dsa-sha2-128s --load 0

ratio is commit p50, one transaction at a time, over floor: the time that the signatures of one decision take on
all cores of this machine. With --signer it is what the signer's core takes on its socket, over a bare signature of
the same run. Run it on a machine that does nothing else.`;

/**
 * The command that measures the time of a decision, the transactions of a second, and the cost of an idle federation.
 */
export function benchCommand(context: CommandContext): Command {
  return new Command('npm run bench --')
    .description(
      'measure local federations: commit latency beside what signatures cost, throughput, idle CPU',
    )
    .option('--members <n,n,…>', 'sizes, measured one after the other', memberCounts, [4, 7])
    .option('--protocol <name,…>', 'protocols, measured in turn at each size', protocolNames, [
      DEFAULT_PROTOCOL,
    ])
    .addOption(
      numberOption('--turns <n>', 'how often each federation is measured', { min: 1, max: 100, normal: 1 }),
    )
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
    .addOption(
      numberOption('--warm-up <n>', 'transactions before the throughput run, which are not counted', {
        min: 0,
        max: 100_000,
        normal: 2_000,
      }),
    )
    .addOption(
      numberOption('--batch <n>', 'transactions of one call of SubmitTransactions', {
        min: 1,
        max: 1_000,
        normal: 100,
      }),
    )
    .addOption(
      numberOption('--in-flight <n>', 'transactions handed in and not yet final, all members together', {
        min: 1,
        max: 40_000,
        normal: LOAD_IN_FLIGHT,
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
    .option(
      '--signer',
      'measure what a signer adds to a signature, instead: --scheme and --samples (views) count',
    )
    .option(
      '--program <dir>',
      'with --signer: the core that "npm run build:signer" made there, with the flags of its unit',
    )
    .option('--json', 'end with one JSON object on stdout')
    .addHelpText('after', EXAMPLES)
    .action(
      action(context, ({ scheme, signer, program, json, ...amounts }: BenchArguments, command: Command) => {
        const asJson = json === undefined ? {} : { json };
        if (signer === true) {
          const isGiven = command.getOptionValueSource('scheme') === 'cli';
          const schemes = isGiven ? [scheme] : SIGNER_SCHEMES;
          const deployed = program && resolve(program);
          return runSignerBench(context, { schemes, views: amounts.samples, program: deployed, ...asJson });
        }
        if (program !== undefined) throw invalidInput('--program goes with --signer');
        const plan = {
          warmUps: WARM_UPS,
          samples: amounts.samples,
          load: { kind: 'transactions', count: amounts.load } as const,
          loadWarmUp: amounts.warmUp,
          batch: amounts.batch,
          inFlight: amounts.inFlight,
          transactionBytes: amounts.bytes,
          idleMs: amounts.idle * 1_000,
        };
        const { members, protocol: protocols, turns } = amounts;
        return runBench(context, { members, protocols, turns, scheme, plan, ...asJson });
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

function protocolNames(text: string): readonly string[] {
  return text.split(',').map(protocolName);
}
