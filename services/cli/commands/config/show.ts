import { Command } from 'commander';
import { columnLines } from '#libs/tables/column-lines.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { type ShownKey, shownKeys, valuesInForce } from '../../adapters/effective-keys.ts';
import { readSettings } from '../../adapters/read-settings.ts';
import { action, type CommandContext } from '../context.ts';
import { type ConfigOptions, pathsOf, withConfigOptions } from './options.ts';

interface ShowOptions extends ConfigOptions {
  readonly effective?: boolean;
}

const EXAMPLES = `
The second column says when a change of the key is in force:
  live      at the next reload: SIGHUP, "btcfed config reload", or by itself a moment after the edit
  restart   at the next start of the node
  genesis   never: it is part of the chain, in genesis.json

Without --effective: what conf.yaml says, defaults included. With it: what the running node works with, and what it
will take at its next start. Secrets are never shown.

Examples:
  $ btcfed config show
  $ btcfed config show --effective --json`;

export function configShowCommand(context: CommandContext): Command {
  return withConfigOptions(new Command('show'))
    .description('show every key with its value, and when a change of it is in force')
    .option('--effective', 'the configuration of the running node')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: ShowOptions) => show(context, options)));
}

async function show({ terminal }: CommandContext, options: ShowOptions): Promise<ExitCode> {
  const paths = pathsOf(options);
  const { conf, peers } = await readSettings(paths, terminal);
  const running = await valuesInForce(paths);
  const inForce = options.effective === true ? running : undefined;
  const keys = shownKeys(paths, conf.configuration, inForce);
  const isRunning = running !== undefined;
  if (options.effective === true && !isRunning) {
    terminal.note(`no node runs from ${paths.home}: this is what the next start will take`);
  }
  if (options.json === true)
    terminal.out(jsonText({ running: isRunning, keys, peers: peers.list.peers.length }));
  else for (const line of columnLines(keys.map(cellsOf))) terminal.out(line);
  return EXIT_CODES.ok;
}

function cellsOf({ key, effect, value, nextStart }: ShownKey): readonly string[] {
  const next = nextStart === undefined ? '' : `   (next start: ${quiet(nextStart)})`;
  return [key, effect, `${quiet(value)}${next}`];
}

function quiet(value: string): string {
  return value === '' ? '""' : value;
}
