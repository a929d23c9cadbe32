import { Command } from 'commander';
import { runNode } from '../local/run-node.ts';
import { action, type CommandContext } from './context.ts';

interface NodeOptions {
  readonly home: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ btcfed testnet --members 4 --out federation
  $ btcfed node --home federation/m0

A sealed key ("btcfed signer seal") is opened with the passphrase in the file that SIGNER_PASSPHRASE_FILE names.
Addresses, ports and peers are in conf.yaml and peers.yaml of the home; what its services say is in its logs folder.`;

/** One member. */
export function nodeCommand(context: CommandContext): Command {
  return new Command('node')
    .description("run one member's four services, start crashed ones again, stop all on Ctrl-C")
    .requiredOption('--home <dir>', 'home of the member, made by testnet or init')
    .option('--json', 'print one JSON object when all services serve')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: NodeOptions) => runNode(context, options)));
}
