import { Command, Option } from 'commander';
import { CONTROL_VERBS } from '#services/launcher/core/control-messages.ts';
import { runUp, type UpOptions } from '#services/launcher/local/up.ts';
import { DEFAULT_SCHEME } from '#services/launcher/testnet/federation-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import type { ExitCode } from '#services/launcher/words/exit-codes.ts';
import { IN_FLIGHT_MAX, SUBMITTED_AT_ONCE_MAX } from '#services/launcher/words/limits.ts';
import { refuseKeptByNpm } from '../../core/npm-options.ts';
import { action, type CommandContext } from '../context.ts';
import { readableFile, schemeName, wholeNumber } from '../option-values.ts';
import {
  basePortOption,
  membersOption,
  parameterOption,
  protocolOption,
  transportOption,
  votePathOption,
} from '../testnet.ts';
import { upListCommand } from './list.ts';
import { upVerbCommand } from './verbs.ts';

const EXAMPLES = `
Examples (npm start is "btcfed up"; npm wants "--" before options):
  $ npm start
  $ npm start -- --members 7 --home federation
  $ npm start -- --submit transactions.json --exit --json

While it runs, break it and mend it from another terminal; options stand behind the verb:
  $ btcfed up list
  $ btcfed up kill m2
  $ btcfed up restart m2
  $ btcfed up pause m3 --service gateway

Without --base-port the client APIs are at 127.0.0.1:7101, 7111, … when those ports are free, else at any that are;
the addresses are printed. "btcfed status --help" tells how to name another address.
With --json the last line on stdout is one JSON object; times are in milliseconds.`;

const VERBS = ['list', ...CONTROL_VERBS].join(', ');

/** A whole federation on this machine. */
export function upCommand(context: CommandContext): Command {
  const command = new Command('up')
    .description('run a local federation: every service of every member as a process, and one nats-server')
    .addOption(membersOption())
    .addOption(protocolOption())
    .option('--scheme <name>', 'signature scheme of the consensus keys', schemeName, DEFAULT_SCHEME)
    .option(
      '--submit <file>',
      'hand in the transactions of a JSON file: {"transactions": ["<hex>", …]}',
      readableFile,
    )
    .option('--exit', 'stop when all of them are final on every member')
    .option(
      '--home <dir>',
      'keep the homes here, and continue with those that exist; without it all is removed at the end',
    )
    .addOption(basePortOption())
    .addOption(votePathOption())
    .addOption(transportOption())
    .addOption(parameterOption())
    .addOption(
      new Option('--in-flight <n>', 'transactions handed in and not yet final, at most; 1 is one at a time')
        .argParser(wholeNumber({ min: 1, max: IN_FLIGHT_MAX }))
        .default(SUBMITTED_AT_ONCE_MAX),
    )
    .option('--json', 'end with one JSON object on stdout')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments()
    // Options behind a verb are those of the verb.
    .enablePositionalOptions()
    .action(action(context, (_options: unknown, chosen: Command) => up(context, chosen)))
    .addCommand(upListCommand(context));
  for (const verb of CONTROL_VERBS) command.addCommand(upVerbCommand(context, verb));
  return command;
}

async function up(context: CommandContext, command: Command): Promise<ExitCode> {
  const names = command.options.flatMap(({ long }) => long?.replace(/^--/, '') ?? []);
  refuseKeptByNpm(context.env, names, command.args);
  const [word] = command.args;
  if (word !== undefined)
    throw invalidInput(
      `"up" takes options, or ${VERBS} and a member; "${word}" is none of them: see "btcfed up --help"`,
    );
  return runUp(context, upOptions(command));
}

/** An option that was given must fit a federation that is there already; a default need not. */
function upOptions(command: Command): UpOptions {
  const options: Omit<UpOptions, 'given'> = command.opts();
  const given = (name: 'members' | 'protocol' | 'scheme'): boolean =>
    command.getOptionValueSource(name) === 'cli';
  const [members, protocol, scheme] = [given('members'), given('protocol'), given('scheme')];
  return { ...options, given: { members, protocol, scheme } };
}
