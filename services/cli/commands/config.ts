import { Command } from 'commander';
import { configDiffCommand } from './config-diff.ts';
import { configMigrateCommand } from './config-migrate.ts';
import { configReloadCommand } from './config-reload.ts';
import { configShowCommand } from './config-show.ts';
import { configValidateCommand } from './config-validate.ts';
import type { CommandContext } from './context.ts';

const EXAMPLES = `
An edit of conf.yaml or peers.yaml, safely:
  $ $EDITOR conf.yaml
  $ btcfed config validate        is it right, and can it run here? nothing is touched
  $ btcfed config diff            what would a reload change, and what waits for the next start?
  $ btcfed config reload          every service takes it over, or none does; no connection is lost

Each takes --home (the current folder without it) and --json.`;

/** conf.yaml and peers.yaml of a home, with or without a node that runs from it. */
export function configCommand(context: CommandContext): Command {
  return new Command('config')
    .description('check, show, compare, migrate and reload conf.yaml and peers.yaml')
    .addCommand(configValidateCommand(context))
    .addCommand(configShowCommand(context))
    .addCommand(configDiffCommand(context))
    .addCommand(configMigrateCommand(context))
    .addCommand(configReloadCommand(context))
    .addHelpText('after', EXAMPLES);
}
