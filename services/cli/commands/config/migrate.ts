import { Command } from 'commander';
import { FILE_VERSION } from '#libs/settings/file-version.ts';
import { migratedConfYaml, migratedPeersYaml, versionOf } from '#libs/settings/migrate.ts';
import {
  type FileReplacement,
  replaceConfFile,
  replacePeersFile,
} from '#libs/settings-files/replace-files.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { readSettings } from '../../adapters/read-settings.ts';
import { action, type CommandContext } from '../context.ts';
import { type ConfigOptions, pathsOf, withConfigOptions } from './options.ts';

interface MigrateOptions extends ConfigOptions {
  readonly dryRun?: boolean;
}

const EXAMPLES = `
Files without "version" are those of the first programs; they go on working as they are. This writes what stood for
missing keys, and the version. Comments and order stay, and a copy of each file is kept beside it. A node that runs
takes the new files over by itself: they mean the same.

Example:
  $ btcfed config migrate --home /var/lib/btcfed --dry-run`;

/** The result for one file. */
interface Migration {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  /** The copy of the file as it was; absent when nothing was written. */
  readonly backup?: string;
}

export function configMigrateCommand(context: CommandContext): Command {
  return withConfigOptions(new Command('migrate'))
    .description(`write both files in the newest format, version ${FILE_VERSION}; keep copies`)
    .option('--dry-run', 'only say what would be written')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: MigrateOptions) => migrate(context, options)));
}

async function migrate({ terminal }: CommandContext, options: MigrateOptions): Promise<ExitCode> {
  const paths = pathsOf(options);
  const { conf, peers } = await readSettings(paths, terminal);
  const files = [
    {
      name: 'conf.yaml',
      path: paths.conf,
      image: conf.image,
      migrated: migratedConfYaml,
      replace: replaceConfFile,
    },
    {
      name: 'peers.yaml',
      path: paths.peers,
      image: peers.image,
      migrated: migratedPeersYaml,
      replace: replacePeersFile,
    },
  ] as const;
  const migrations: Migration[] = [];
  for (const { name, path, image, migrated, replace } of files) {
    if (image.text === undefined) continue;
    const from = versionOf(image.text);
    const change: FileReplacement = { path, before: image, text: migrated(image.text, from) };
    const isDue = from < FILE_VERSION && options.dryRun !== true;
    const done = { file: name, from, to: FILE_VERSION };
    migrations.push(isDue ? { ...done, backup: await replace(change) } : done);
  }
  if (options.json === true) terminal.out(jsonText({ dryRun: options.dryRun === true, files: migrations }));
  else for (const migration of migrations) terminal.out(lineOf(migration, options.dryRun === true));
  return EXIT_CODES.ok;
}

function lineOf({ file, from, to, backup }: Migration, isDryRun: boolean): string {
  if (from === to) return `${file} has the newest format, version ${to}`;
  if (isDryRun) return `${file} would go from version ${from} to ${to}`;
  return `${file} went from version ${from} to ${to}; the file as it was is ${backup}`;
}
