import { type Command, Option } from 'commander';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { refuseKeptByNpm } from '../../core/npm-options.ts';
import type { CommandContext } from '../context.ts';

/** The options of every command that asks a federation which runs. */
export interface UpPlaceOptions {
  readonly home?: string;
  readonly json?: boolean;
}

export function withUpPlaceOptions(command: Command, context: CommandContext): Command {
  return command
    .addOption(
      new Option(
        '--home <dir>',
        'folder of the federation, as "up --home" named it; not needed for one without, when it is the only one',
      ),
    )
    .option('--json', 'print one JSON object')
    .allowExcessArguments()
    .hook('preAction', (_program, chosen) => refuseMisplaced(chosen, context));
}

/**
 * Refuses words that npm left over of an option that it kept, and options before the verb: those are of "up" itself, and would
 * name another federation than the person meant.
 */
function refuseMisplaced(command: Command, { env }: CommandContext): void {
  const names = command.options.flatMap(({ long }) => long?.replace(/^--/, '') ?? []);
  const { length } = command.registeredArguments;
  const rest = command.args.slice(length);
  const name = command.name();
  refuseKeptByNpm(env, names, rest, [name, ...command.args.slice(0, length)]);
  if (rest.length > 0)
    throw invalidInput(`"${rest[0]}" is one word too many: see "btcfed up ${name} --help"`);
  const above = command.parent;
  const early = above?.options.find((option) => above.getOptionValueSource(option.attributeName()) === 'cli');
  if (early === undefined) return;
  const meant = `"btcfed up ${name} … ${early.flags}"`;
  throw invalidInput(`${early.long} stands before "${name}": put options behind it, as in ${meant}`);
}

/** The option that names the federation again in a line to be typed, with a space before it. */
export function placeText({ home }: UpPlaceOptions): string {
  return home === undefined ? '' : ` --home ${home}`;
}
