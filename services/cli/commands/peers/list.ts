import { resolve } from 'node:path';
import { Command } from 'commander';
import { ConnectionState, type Peer } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { columnLines } from '#libs/tables/column-lines.ts';
import { peersOfNode } from '#services/launcher/adapters/peers-of-node.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { cellsOfPeer, jsonOfPeer } from './peer-text.ts';

interface ListOptions {
  readonly home: string;
  readonly delinquent?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
A peer is DELINQUENT when this node has not heard it for longer than peers.delinquent_timeout of conf.yaml: its connection is
down, or nobody answers on it. That is for people and decides nothing: who must vote is said by "btcfed members list".

Examples:
  $ btcfed peers list --home /var/lib/btcfed
  $ btcfed peers list --delinquent --json | jq -r '.peers[].peerId'`;

export function peersListCommand(context: CommandContext): Command {
  return new Command('list')
    .description('list the peers that a running node knows, how each is connected, and who is delinquent')
    .option('--home <dir>', 'folder of conf.yaml and peers.yaml', '.')
    .option('--delinquent', 'only those that are delinquent')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: ListOptions) => list(context, options)));
}

async function list({ terminal }: CommandContext, options: ListOptions): Promise<ExitCode> {
  const known = await peersOfNode(memberPaths(resolve(options.home)));
  const peers = options.delinquent === true ? known.filter(({ delinquent }) => delinquent) : known;
  if (options.json === true) terminal.out(jsonText({ peers: peers.map(jsonOfPeer) }));
  else terminal.out([...columnLines(peers.map(cellsOfPeer)), summaryOf(known)].join('\n'));
  return EXIT_CODES.ok;
}

function summaryOf(peers: readonly Peer[]): string {
  const connected = peers.filter(({ state }) => state === ConnectionState.CONNECTED).length;
  const delinquent = peers.filter((peer) => peer.delinquent).length;
  return `${peers.length} peers: ${connected} connected, ${delinquent} delinquent`;
}
