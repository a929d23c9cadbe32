import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { KEY_TABLE } from '#libs/settings/key-table.ts';
import { ifRunning } from '#services/launcher/adapters/config-client.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { readSettings } from '../../adapters/read-settings.ts';
import { genesisKeys } from '../../core/genesis-keys.ts';
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

interface ShownKey {
  readonly key: string;
  readonly effect: 'live' | 'restart' | 'genesis';
  readonly value: string;
  /** The value after the next start; there with --effective when conf.yaml differs. */
  readonly nextStart?: string;
}

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
  const keys: readonly ShownKey[] = [
    ...KEY_TABLE.map(({ key, effect, text }) => {
      const written = text(conf.configuration);
      const value = inForce?.get(key) ?? written;
      return { key, effect, value, ...(value === written ? {} : { nextStart: written }) };
    }),
    ...(existsSync(paths.genesis) ? genesisKeys(readGenesis(paths.genesis)) : []),
  ];
  const isRunning = running !== undefined;
  if (options.effective === true && !isRunning) {
    terminal.note(`no node runs from ${paths.home}: this is what the next start will take`);
  }
  if (options.json === true)
    terminal.out(jsonText({ running: isRunning, keys, peers: peers.list.peers.length }));
  else for (const key of keys) terminal.out(lineOf(key));
  return EXIT_CODES.ok;
}

async function valuesInForce(paths: ReturnType<typeof pathsOf>) {
  return ifRunning(paths, async (client) => {
    const { keys } = await client.getStatus({});
    return new Map(keys.map(({ key, value }) => [key, value]));
  });
}

const KEY_WIDTH = 30;
const EFFECT_WIDTH = 8;

function lineOf({ key, effect, value, nextStart }: ShownKey): string {
  const next = nextStart === undefined ? '' : `   (next start: ${quiet(nextStart)})`;
  return `${key.padEnd(KEY_WIDTH)} ${effect.padEnd(EFFECT_WIDTH)} ${quiet(value)}${next}`;
}

function quiet(value: string): string {
  return value === '' ? '""' : value;
}
