import { resolve } from 'node:path';
import { Command } from 'commander';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { peerIdOf } from '#libs/settings/keys.ts';
import { saysTheSame } from '#libs/settings/merge-peers.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { savePeers } from '#libs/settings-files/save-peers.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { peersInFile } from '../../adapters/peers-in-file.ts';
import { readSettings } from '../../adapters/read-settings.ts';
import { action, type CommandContext } from '../context.ts';

interface AddOptions {
  readonly home: string;
  readonly json?: boolean;
}

const EXAMPLES = `
FILE is the member.json of another member, or a peers.yaml. All of it is taken or nothing. Comments and all other entries of
peers.yaml stay; a peer that is there already gets the addresses of FILE. A node that runs takes it over by itself.

Example:
  $ btcfed peers add erin.json --home /var/lib/btcfed
  added 12D3KooW… at /dns4/erin.example/tcp/9000`;

interface AddedPeer {
  readonly change: 'added' | 'moved' | 'unchanged';
  readonly peerId: string;
  readonly publicKey: string;
  readonly addresses: readonly string[];
}

export function peersAddCommand(context: CommandContext): Command {
  return new Command('add')
    .description('add the peers of a member.json or a peers.yaml to the peers.yaml of a home')
    .argument('<file>', 'member.json of another member, or a peers.yaml')
    .option('--home <dir>', 'folder of conf.yaml and peers.yaml', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (file: string, options: AddOptions) => add(context, { file, options })));
}

interface Addition {
  readonly file: string;
  readonly options: AddOptions;
}

async function add({ terminal }: CommandContext, { file, options }: Addition): Promise<ExitCode> {
  const paths = memberPaths(resolve(options.home));
  const { conf, peers: last } = await readSettings(paths, terminal);
  const ownPublicKey = conf.configuration.identity.publicKey;
  const given = peersInFile(file, ownPublicKey);
  const there = new Map(last.list.peers.map((entry) => [encodeBase64(entry.publicKey), entry]));
  const memory = new Map(there);
  for (const entry of given) memory.set(encodeBase64(entry.publicKey), entry);
  await savePeers(paths.peers, { last, memory: [...memory.values()], ownPublicKey });
  const added = given.map((entry) => addedPeer(entry, there.get(encodeBase64(entry.publicKey))));
  if (options.json === true) terminal.out(jsonText({ file: paths.peers, peers: added }));
  else for (const peer of added) terminal.out(lineOf(peer));
  return EXIT_CODES.ok;
}

function addedPeer(entry: PeerEntry, before: PeerEntry | undefined): AddedPeer {
  const isSame = before !== undefined && saysTheSame(before, entry);
  const { publicKey, addresses } = entry;
  return {
    change: before === undefined ? 'added' : isSame ? 'unchanged' : 'moved',
    peerId: peerIdOf(publicKey),
    publicKey: encodeBase64(publicKey),
    addresses,
  };
}

function lineOf({ change, peerId, addresses }: AddedPeer): string {
  const at = addresses.join(', ');
  if (change === 'unchanged') return `${peerId} is there already at ${at}`;
  return `${change} ${peerId} ${change === 'added' ? 'at' : 'to'} ${at}`;
}
