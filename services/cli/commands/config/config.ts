import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { configDiffCommand } from './diff.ts';
import { configMigrateCommand } from './migrate.ts';
import { configReloadCommand } from './reload.ts';
import { configShowCommand } from './show.ts';
import { configValidateCommand } from './validate.ts';

const EXAMPLES = `
A file that is saved is checked, and its live keys are in force a moment later, in every service or in none; a file that
is refused changes nothing:
  $ $EDITOR conf.yaml
  $ btcfed config validate        what is wrong with a file that was refused? nothing is touched
  $ btcfed config diff            what is not in force: it waits for the next start, or was refused
  $ btcfed config reload          apply the files now; no connection is lost

To check an edit before it is saved, make it in a copy of the folder: btcfed config validate --home COPY

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
