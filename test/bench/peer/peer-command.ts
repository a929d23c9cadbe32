import { Command, Option } from 'commander';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { action, type CommandContext } from '#services/cli/commands/context.ts';
import { wholeNumber } from '#services/cli/commands/option-values.ts';
import { DEFAULT_SCHEME } from '#services/launcher/testnet/federation-home.ts';
import type { NetworkTerms } from '../cometbft/node-changes.ts';
import { COMETBFT } from '../cometbft/pinned-module.ts';
import { LOAD_IN_FLIGHT } from '../load/load-plan.ts';
import { runPeerBench } from './run-peer-bench.ts';

interface PeerArguments {
  readonly turns: number;
  readonly seconds: number;
  readonly samples: number;
  readonly warmUp: number;
  readonly batch: number;
  readonly inFlight: number;
  readonly bytes: number;
  readonly indexer: NetworkTerms['indexer'];
  readonly json?: boolean;
}

/** As of `npm run bench`. */
const WARM_UPS = 8;

/** No figure of the comparison: the shortest look at an idle federation that there is. */
const IDLE_MS = 1_000;

/** The exit code of a machine without Go (sysexits EX_UNAVAILABLE): nothing was measured. */
export const NO_GO_EXIT_CODE = 69;

const EXAMPLES = `
Examples (npm wants "--" before options):
  $ npm run bench:peer -- --json
  $ npm run bench:peer -- --turns 1 --seconds 10    (two minutes: does it run here?)

One turn is a federation of four members and then four validators of CometBFT ${COMETBFT.version}, once as it comes and once with
the pauses of its gossip cut from 100 to 5 ms; each turn begins with another one. For each the same is done: single
transactions, first to warm up, then timed (commit); then a process of its own hands in random transactions of --bytes
bytes, --batch a call and --in-flight at most on their way, first --warm-up of them, then for --seconds. A transaction counts
when it is final on all four members, with every disk write that either makes before it says so.

CPU is the work of all server processes, all members together; that of the client is apart, in the JSON (clientCpuUs).
A ratio is btcfed by CometBFT in the same turn: of tx/s above 1, of CPU and commit below 1 is btcfed ahead. Over all
turns it is shown as median (minimum – maximum). "The better setting" is that of the two which is ahead in that figure.

CometBFT is built with Go from its pinned source, once, into .cache/cometbft. It runs its kvstore in its process, with
timeout_commit=0, without empty blocks, with a mempool that holds all that is on its way; all else is as it comes, --indexer null spares it the index of transactions.
Exit code 0: measured, and all members of each agree; 1: they do not, or it failed; ${NO_GO_EXIT_CODE}: there is no Go here.
Run it on a machine that does nothing else: it takes a quarter of an hour.`;

/** The command that measures a federation beside CometBFT. `findGo` gives the command of a Go, if there is one. */
export function peerCommand(context: CommandContext, findGo: () => string | undefined): Command {
  return new Command('npm run bench:peer --')
    .description('measure a federation beside CometBFT on this machine: throughput, CPU, commit latency')
    .addOption(number('--turns <n>', 'how often each is measured', { min: 1, max: 100, normal: 3 }))
    .addOption(
      number('--seconds <s>', 'how long transactions are handed in', { min: 1, max: 3_600, normal: 60 }),
    )
    .addOption(number('--samples <n>', 'transactions, one at a time', { min: 1, max: 10_000, normal: 40 }))
    .addOption(
      number('--warm-up <n>', 'transactions before, not counted', { min: 0, max: 100_000, normal: 2_000 }),
    )
    .addOption(number('--batch <n>', 'transactions of one call', { min: 1, max: 1_000, normal: 100 }))
    .addOption(
      number('--in-flight <n>', 'transactions handed in and not yet final, all members together', {
        min: 1,
        max: 40_000,
        normal: LOAD_IN_FLIGHT,
      }),
    )
    .addOption(number('--bytes <n>', 'size of a transaction', { min: 64, max: 10_000, normal: 1_000 }))
    .addOption(
      new Option('--indexer <kind>', 'index of transactions in CometBFT')
        .choices(['kv', 'null'])
        .default('kv'),
    )
    .option('--json', 'end with one JSON object on stdout')
    .addHelpText('after', EXAMPLES)
    .action(
      action(context, ({ turns, indexer, json, ...amounts }: PeerArguments) => {
        const plan = {
          warmUps: WARM_UPS,
          samples: amounts.samples,
          load: { kind: 'time', seconds: amounts.seconds } as const,
          loadWarmUp: amounts.warmUp,
          batch: amounts.batch,
          inFlight: amounts.inFlight,
          transactionBytes: amounts.bytes,
          idleMs: IDLE_MS,
        };
        const ours = { protocol: DEFAULT_PROTOCOL, scheme: DEFAULT_SCHEME };
        const asJson = json === undefined ? {} : { json };
        return runPeerBench(context, { ...ours, turns, indexer, plan, go: findGo(), ...asJson });
      }),
    );
}

function number(
  flags: string,
  text: string,
  { min, max, normal }: { readonly min: number; readonly max: number; readonly normal: number },
): Option {
  return new Option(flags, text).argParser(wholeNumber({ min, max })).default(normal);
}
