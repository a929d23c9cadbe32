import { resolve } from 'node:path';
import { Command } from 'commander';
import { peersOfNode } from '#services/launcher/adapters/peers-of-node.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { peersNamed } from '../../core/peer-names.ts';
import { action, type CommandContext } from '../context.ts';
import { factsOfPeer, jsonOfPeer } from './peer-text.ts';

interface ShowOptions {
  readonly home: string;
  readonly json?: boolean;
}

const EXAMPLES = `
NAME is the peer id, the public key (base64 as in peers.yaml, or hex) or an address of the peer. Peers that share the address
are all shown.

Exit code 0: shown; 2: the node knows no such peer; 3: no node runs from this home.

Examples:
  $ btcfed peers show /dns4/erin.example/tcp/9000 --home /var/lib/btcfed
  $ btcfed peers show 12D3KooW… --json | jq .peers[0].silentMs`;

export function peersShowCommand(context: CommandContext): Command {
  return new Command('show')
    .description('show one peer of a running node, found by its id, its key or its address')
    .argument('<name>', 'peer id, public key or address')
    .option('--home <dir>', 'folder of conf.yaml and peers.yaml', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (name: string, options: ShowOptions) => show(context, { name, options })));
}

interface Request {
  readonly name: string;
  readonly options: ShowOptions;
}

async function show({ terminal }: CommandContext, { name, options }: Request): Promise<ExitCode> {
  const found = peersNamed(await peersOfNode(memberPaths(resolve(options.home))), name);
  if (found.length === 0) {
    const message = `this node knows no peer with the id, the key or the address "${name}": see "btcfed peers list"`;
    throw new CliError(message, { code: 'CLI_NOT_THERE' });
  }
  if (options.json === true) terminal.out(jsonText({ peers: found.map(jsonOfPeer) }));
  else terminal.out(found.map(factsOfPeer).join('\n\n'));
  return EXIT_CODES.ok;
}
