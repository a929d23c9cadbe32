import { Command, Option } from 'commander';
import { type NodeOptions, runNode } from '#services/launcher/local/run-node.ts';
import { action, type CommandContext } from './context.ts';
import { nodeDrainCommand } from './node-drain.ts';
import { HEIGHT_MAX, wholeNumber } from './option-values.ts';

const EXAMPLES = `
conf.yaml and peers.yaml are made when they are missing: defaults, and a key of its own. Without genesis.json only config
and gateway run. SIGHUP, or "btcfed config reload", takes changes of the two files over; no connection is lost.

With --halt-at-height the member decides the block of that height, and then signs nothing above it: "btcfed status" says so, with
exit code 5, /readyz fails by the check halt_height, and reads are answered. Members that are all started with one height hold exactly
that one. Started again without the option it goes on. CONSENSUS_HALT_AT_HEIGHT in the environment is the same; the option wins.

Exit codes: 0 stopped by Ctrl-C or SIGTERM   1 settings refused, or a service cannot run   130, 143 stopped while starting

Examples:
  $ btcfed node                                a node in the current folder
  $ btcfed testnet --members 4 --out federation
  $ btcfed node --home federation/m0
  $ btcfed node --home federation/m0 --halt-at-height 1000
  $ btcfed node drain --home federation/m0     in another terminal: stop it without a loss to its clients
  $ kill -HUP PID                              after an edit of conf.yaml or peers.yaml

Addresses, ports and peers are in conf.yaml and peers.yaml of the home; what its services say is in its logs folder.`;

/** One member. */
export function nodeCommand(context: CommandContext): Command {
  return (
    new Command('node')
      .description("run one member's four services, start crashed ones again, stop all on Ctrl-C")
      .option('--home <dir>', 'home of the member, as testnet or init made it, or a new one', '.')
      .addOption(
        new Option(
          '--halt-at-height <height>',
          'decide blocks up to and including this height, and stop there',
        ).argParser(wholeNumber({ min: 1, max: HEIGHT_MAX })),
      )
      .option('--json', 'print one JSON object when all services serve')
      .addHelpText('after', EXAMPLES)
      // Options behind a verb are those of the verb.
      .enablePositionalOptions()
      .addCommand(nodeDrainCommand(context))
      .action(
        action(context, ({ haltAtHeight, ...options }: NodeCommandOptions) =>
          runNode(haltAtHeight === undefined ? context : haltingContext(context, haltAtHeight), options),
        ),
      )
  );
}

interface NodeCommandOptions extends NodeOptions {
  readonly haltAtHeight?: number;
}

/** The option as the variable of the service that it is for. */
function haltingContext(context: CommandContext, height: number): CommandContext {
  return { ...context, env: { ...context.env, CONSENSUS_HALT_AT_HEIGHT: String(height) } };
}
