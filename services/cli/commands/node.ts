import { Command } from 'commander';
import { type NodeOptions, runNode } from '#services/launcher/local/run-node.ts';
import { action, type CommandContext } from './context.ts';

const EXAMPLES = `
conf.yaml and peers.yaml are made when they are missing: defaults, and a key of its own. Without genesis.json only config
and gateway run. SIGHUP, or "btcfed config reload", takes changes of the two files over; no connection is lost.

Exit codes: 0 stopped by Ctrl-C or SIGTERM   1 settings refused, or a service cannot run   130, 143 stopped while starting

Examples:
  $ btcfed node                                a node in the current folder
  $ btcfed testnet --members 4 --out federation
  $ btcfed node --home federation/m0
  $ kill -HUP PID                              after an edit of conf.yaml or peers.yaml

Addresses, ports and peers are in conf.yaml and peers.yaml of the home; what its services say is in its logs folder.`;

/** One member. */
export function nodeCommand(context: CommandContext): Command {
  return new Command('node')
    .description("run one member's four services, start crashed ones again, stop all on Ctrl-C")
    .option('--home <dir>', 'home of the member, as testnet or init made it, or a new one', '.')
    .option('--json', 'print one JSON object when all services serve')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: NodeOptions) => runNode(context, options)));
}
