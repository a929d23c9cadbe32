import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { readSettings, sentenceOfRefusal, unknownKeysIn } from '../../adapters/read-settings.ts';
import { runtimeProblems } from '../../adapters/runtime-problems.ts';
import { action, type CommandContext } from '../context.ts';
import { type ConfigOptions, pathsOf, withConfigOptions } from './options.ts';

const EXAMPLES = `
First the syntax and every rule, by which a start would refuse the files: one sentence with the line, the key, the value and
what to write. The genesis.json beside them is read too. Then what this machine says: can the addresses be bound, the folders
written, the certificates used? Addresses that the running node listens on are its own.

Exit code 0: valid, 1: not; warnings do not count.

Example:
  $ btcfed config validate --home /var/lib/btcfed`;

/** The findings of `validate`. */
interface Findings {
  /** The first that a start would refuse. */
  readonly refused?: string;
  /** The reasons why valid settings cannot run here. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly filteredPeers: readonly { readonly index: number; readonly reason: string }[];
  readonly peers: number;
}

export function configValidateCommand(context: CommandContext): Command {
  return withConfigOptions(new Command('validate'))
    .description('check both files as a start would, and what the machine says to them; change nothing')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: ConfigOptions) => validate(context, options)));
}

async function validate({ terminal }: CommandContext, options: ConfigOptions): Promise<ExitCode> {
  const findings = await find({ terminal }, options);
  const valid = findings.refused === undefined && findings.problems.length === 0;
  if (options.json === true) terminal.out(jsonText({ valid, ...findings }));
  else {
    for (const line of linesOf(findings)) terminal.note(line);
    if (valid) terminal.out(`conf.yaml and peers.yaml are valid: ${peerCount(findings.peers)}`);
  }
  return valid ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function find(
  { terminal }: Pick<CommandContext, 'terminal'>,
  options: ConfigOptions,
): Promise<Findings> {
  const paths = pathsOf(options);
  try {
    const { conf, peers } = await readSettings(paths, terminal);
    if (existsSync(paths.genesis)) readGenesis(paths.genesis);
    return {
      problems: await runtimeProblems(conf.configuration, paths),
      warnings: conf.warnings,
      filteredPeers: peers.list.rejected,
      peers: peers.list.peers.length,
    };
  } catch (error) {
    const refused = sentenceOfRefusal(error);
    return { refused, problems: [], warnings: unknownKeysIn(paths), filteredPeers: [], peers: 0 };
  }
}

function peerCount(count: number): string {
  return count === 1 ? '1 peer' : `${count} peers`;
}

function linesOf({ refused, problems, warnings, filteredPeers }: Findings): readonly string[] {
  return [
    ...(refused === undefined ? [] : [refused]),
    ...problems,
    ...warnings.map((warning) => `warning: conf.yaml: ${warning}`),
    ...filteredPeers.map(({ reason }) => `warning: peers.yaml: left out, ${reason}`),
  ];
}
