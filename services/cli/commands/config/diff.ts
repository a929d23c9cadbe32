import { Command } from 'commander';
import { columnLines } from '#libs/tables/column-lines.ts';
import { withConfigService } from '#services/launcher/adapters/config-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { readSettings } from '../../adapters/read-settings.ts';
import { type ChangedValue, changedKeys, changedPeers } from '../../core/settings-diff.ts';
import { action, type CommandContext } from '../context.ts';
import { type ConfigOptions, pathsOf, withConfigOptions } from './options.ts';

const EXAMPLES = `
Compares what the files say with what the running node works with. Nothing is changed.
Exit code 0: shown, also when nothing differs; 1: the files are refused; 3: no node runs from this home.

Example:
  $ btcfed config diff --home /var/lib/btcfed
  live     logging.level: info -> debug
  restart  network.addresses: /ip4/0.0.0.0/tcp/9000 -> /ip4/0.0.0.0/tcp/9001
  live     peers.yaml: + 12D3KooW…`;

export function configDiffCommand(context: CommandContext): Command {
  return withConfigOptions(new Command('diff'))
    .description('show what a reload would change, and what would wait for the next start')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: ConfigOptions) => diff(context, options)));
}

async function diff({ terminal }: CommandContext, options: ConfigOptions): Promise<ExitCode> {
  const paths = pathsOf(options);
  const { conf, peers } = await readSettings(paths, terminal);
  const inForce = await withConfigService(paths, async (client) => {
    const [{ keys }, { configuration }] = await Promise.all([
      client.getStatus({}),
      client.getConfiguration({}),
    ]);
    return { keys, peers: configuration?.peers ?? [] };
  });
  const keys = changedKeys(inForce.keys, conf.configuration);
  const peerChanges = changedPeers(inForce.peers, peers.list.peers);
  if (options.json === true) terminal.out(jsonText({ keys, peers: peerChanges }));
  else {
    const ofPeers = peerChanges.map(({ change, peerId }) => [
      'live',
      `peers.yaml: ${SIGNS[change]} ${peerId}`,
    ]);
    for (const line of columnLines([...keys.map(cellsOf), ...ofPeers])) terminal.out(line);
    if (keys.length + peerChanges.length === 0)
      terminal.out('the files agree with the configuration in force');
  }
  return EXIT_CODES.ok;
}

const SIGNS = { added: '+', removed: '-', moved: '~' } as const;

function cellsOf({ key, effect, before, after }: ChangedValue): readonly string[] {
  return [effect, `${key}: ${before} -> ${after}`];
}
