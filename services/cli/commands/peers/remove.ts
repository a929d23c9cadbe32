import { resolve } from 'node:path';
import { Command } from 'commander';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { peerIdOf } from '#libs/settings/keys.ts';
import { savePeers } from '#libs/settings-files/save-peers.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { peersInFile } from '../../adapters/peers-in-file.ts';
import { readSettings } from '../../adapters/read-settings.ts';
import { action, type CommandContext } from '../context.ts';

interface RemoveOptions {
  readonly home: string;
  readonly json?: boolean;
}

const EXAMPLES = `
FILE is the member.json of a member that left, or a peers.yaml. Its addresses do not matter: an entry goes by its key. Comments and all
other entries of peers.yaml stay. A node that runs takes it over by itself; whoever is a member still is not shut out by this.

Exit code 0: removed; 2: peers.yaml has none of them.

Example:
  $ btcfed peers remove dave.json --home /var/lib/btcfed
  removed 12D3KooW… at /dns4/dave.example/tcp/9000`;

export function peersRemoveCommand(context: CommandContext): Command {
  return new Command('remove')
    .description('remove the peers of a member.json or a peers.yaml from the peers.yaml of a home')
    .argument('<file>', 'member.json of a member that left, or a peers.yaml')
    .option('--home <dir>', 'folder of conf.yaml and peers.yaml', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (file: string, options: RemoveOptions) => remove(context, { file, options })));
}

interface Removal {
  readonly file: string;
  readonly options: RemoveOptions;
}

async function remove({ terminal }: CommandContext, { file, options }: Removal): Promise<ExitCode> {
  const paths = memberPaths(resolve(options.home));
  const { conf, peers: last } = await readSettings(paths, terminal);
  const ownPublicKey = conf.configuration.identity.publicKey;
  const named = new Set(peersInFile(file, ownPublicKey).map(({ publicKey }) => encodeBase64(publicKey)));
  const isNamed = ({ publicKey }: { readonly publicKey: Uint8Array }) => named.has(encodeBase64(publicKey));
  const removed = last.list.peers.filter(isNamed);
  if (removed.length === 0) {
    throw new CliError(`${paths.peers} has no peer of ${file}: nothing was removed`, {
      code: 'CLI_NOT_THERE',
    });
  }
  const memory = last.list.peers.filter((entry) => !isNamed(entry));
  await savePeers(paths.peers, { last, memory, ownPublicKey });
  const told = removed.map(({ publicKey, addresses }) => ({
    peerId: peerIdOf(publicKey),
    publicKey: encodeBase64(publicKey),
    addresses,
  }));
  if (options.json === true) terminal.out(jsonText({ file: paths.peers, peers: told }));
  else for (const { peerId, addresses } of told) terminal.out(`removed ${peerId} at ${addresses.join(', ')}`);
  return EXIT_CODES.ok;
}
