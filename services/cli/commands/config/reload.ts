import { Command } from 'commander';
import { ReloadOutcome } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { withConfigService } from '#services/launcher/adapters/config-client.ts';
import { reloadSentence } from '#services/launcher/core/reload-sentence.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type ConfigOptions, pathsOf, withConfigOptions } from './options.ts';

const EXAMPLES = `
The files are checked first; then every service makes ready; then all take them over. When a file or a service refuses,
everything runs as before. No connection is lost. "kill -HUP" of the node does the same.

Exit code 0: taken over, or nothing to do; 1: refused; 3: no node runs from this home.

Example:
  $ btcfed config reload --home /var/lib/btcfed
  reloaded in 31 ms, in force: logging.level`;

const OUTCOMES: Readonly<Record<number, string>> = {
  [ReloadOutcome.UNCHANGED]: 'unchanged',
  [ReloadOutcome.COMMITTED]: 'committed',
  [ReloadOutcome.REFUSED]: 'refused',
  [ReloadOutcome.ROLLED_BACK]: 'rolled-back',
};

export function configReloadCommand(context: CommandContext): Command {
  return withConfigOptions(new Command('reload'))
    .description('make the running node take over both files, in every service or in none')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: ConfigOptions) => reload(context, options)));
}

async function reload({ terminal }: CommandContext, options: ConfigOptions): Promise<ExitCode> {
  const { report } = await withConfigService(pathsOf(options), (client) => client.reload({}));
  if (report === undefined) throw new Error('an answer without a report');
  const isRefused = report.reason !== '';
  if (options.json === true) {
    terminal.out(jsonText({ ...report, outcome: OUTCOMES[report.outcome] ?? 'unknown' }));
  } else if (isRefused) terminal.note(reloadSentence(report));
  else terminal.out(reloadSentence(report));
  return isRefused ? EXIT_CODES.failed : EXIT_CODES.ok;
}
