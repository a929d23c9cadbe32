import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { writeNewFile } from '#libs/files/new-file.ts';
import { readNodeHome } from '#services/launcher/adapters/read-home.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { bundleParts } from '../../bundle/bundle-parts.ts';
import { homeEntries } from '../../bundle/home-entries.ts';
import { homeSecrets } from '../../bundle/home-secrets.ts';
import { type DebugBundle, makeBundle } from '../../bundle/make-bundle.ts';
import { action, type CommandContext } from '../context.ts';
import { targetOf } from '../member-options.ts';
import { newFile } from '../option-values.ts';

interface BundleCommandOptions {
  readonly home: string;
  readonly output?: string;
  readonly json?: boolean;
}

/** The owner alone: log lines and addresses are nobody else's. */
const MODE = 0o600;
const ENDING = '.tar.gz';

const NOTES = `
One file for a support case, of a node that runs or does not: versions, the settings in force, the files of the home with sizes
and modes, certificates with their ends, the newest log lines, status, membership and peers, probes and metrics pages, and
the answer of "btcfed doctor". What cannot be had is named in its manifest.json with the reason, and so is what was cut.

The content of keys, passphrases and databases is never copied, links are not followed, and the secrets of this home are taken out
of every text, in hex and base64 too. Names, addresses and log lines of the member are in it: look through it before you
hand it on. It takes up to a minute, most of it for the doctor, who measures signatures and writes a small file.

Exit codes: 0 written, though parts may be missing   1 the file cannot be written   64 the folder is no home of a node, or the
file exists

Examples:
  $ btcfed debug bundle --home /var/lib/btcfed
  $ btcfed debug bundle --home federation/m2 --output case-17.tar.gz
  $ btcfed debug bundle --home /var/lib/btcfed --json | jq -r '.missing[] | "\\(.part): \\(.reason)"'
  $ tar -xzf case-17.tar.gz`;

/** Everything about a node that helps somebody who cannot see it. */
export function debugBundleCommand(context: CommandContext): Command {
  return new Command('bundle')
    .description('write one .tar.gz with what a support case needs to know of a node, without its secrets')
    .option('--home <dir>', 'home of the member', '.')
    .option('--output <file>', 'the file to write; without it btcfed-debug-… in this folder', newFile)
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: BundleCommandOptions) => bundle(context, options)));
}

async function bundle(context: CommandContext, options: BundleCommandOptions): Promise<ExitCode> {
  const { terminal, env, root } = context;
  const named = memberPaths(resolve(options.home));
  // The home itself may be named by a link; nothing in it is followed.
  const paths = memberPaths(realpathSync(named.home));
  const madeAtMs = Date.now();
  const file = resolve(options.output ?? `${nameOf(paths.home, madeAtMs)}${ENDING}`);
  const entries = homeEntries(paths.home);
  const facts = () => readNodeHome(paths.home, env, false);
  const note = (line: string): void => terminal.note(line);
  const made = await makeBundle({
    name: nameOf(paths.home, madeAtMs),
    home: paths.home,
    madeAtMs,
    parts: bundleParts({
      paths,
      entries,
      root,
      terminal,
      facts,
      target: () => targetOf({ home: paths.home }),
    }),
    secrets: homeSecrets(paths.home, entries.entries, env),
    note,
  });
  await write(file, made);
  tell(context, { file, made, json: options.json });
  return EXIT_CODES.ok;
}

/** As the home is called, and the moment to the second: two bundles of one home do not meet. */
function nameOf(home: string, madeAtMs: number): string {
  const member = basename(home)
    .replaceAll(/[^\w.-]/g, '-')
    .slice(0, 32);
  const moment = new Date(madeAtMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `btcfed-debug-${member}-${moment}`;
}

async function write(file: string, { archive }: DebugBundle): Promise<void> {
  try {
    await writeNewFile(file, archive, MODE);
  } catch (cause) {
    throw invalidInput(`${file} cannot be written: ${fileReason(cause)}; name another by --output`, cause);
  }
}

interface Told {
  readonly file: string;
  readonly made: DebugBundle;
  readonly json: boolean | undefined;
}

function tell({ terminal }: CommandContext, { file, made, json }: Told): void {
  const { archive, files, missing } = made;
  if (json === true) return terminal.out(jsonText({ file, bytes: archive.length, files, missing }));
  const lacking = missing.length === 0 ? '' : `; not had: ${missing.map(({ part }) => part).join(', ')}`;
  terminal.out(`${file}: ${Math.ceil(archive.length / 1024)} kB, ${files.length} files${lacking}`);
  terminal.note(
    'look through it before you hand it on: names, addresses and log lines of the member are in it',
  );
}
