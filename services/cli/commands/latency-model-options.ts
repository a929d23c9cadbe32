import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SCHEME } from '#services/launcher/testnet/federation-home.ts';
import { namedValue, schemeName, wholeNumber } from './option-values.ts';

const CORES_MAX = 256;
const FAILED_VIEWS_MAX = 16;
const DECISIONS_MAX = 1_000;
const NAMED_COST = /^([a-zA-Z]{1,32})=(\d{1,9}(?:\.\d{1,15})?)$/;

/** The options of the model of latencies. */
export function withLatencyOptions(command: Command): Command {
  return withAmounts(
    command
      .addOption(
        new Option(
          '--model <name>',
          'latency: how long decisions take, with what work costs on this machine, over lines and cores that are modelled',
        )
          .choices(['latency'])
          .conflicts([
            ...['replay', 'twins', 'scenario', 'crash', 'shard', 'mutants', 'signerModel', 'traceHashes'],
          ]),
      )
      .addOption(
        new Option('--scheme <name>', `with --model: signatures of the votes (${DEFAULT_SCHEME})`).argParser(
          schemeName,
        ),
      )
      .addOption(
        new Option(
          '--network <name>',
          'with --model: the line of each member, 25 ms from every other (1gbit); local: one machine',
        ).choices(['1gbit', '100mbit', 'local']),
      )
      .addOption(
        new Option('--hosts <kind>', 'with --model: a host for each member (own), or one for all').choices([
          'own',
          'shared',
        ]),
      )
      .addOption(
        new Option(
          '--parameter <name=value>',
          'with --model: a number of the protocol, or a word, as a genesis has it (vote_path=all); may be given again',
        ).argParser(namedValue),
      )
      .addOption(
        new Option(
          '--cost <name=value>',
          'with --model: a cost that is not to be measured, by its name in the report; may be given again',
        ).argParser(namedCost),
      ),
  );
}

function withAmounts(command: Command): Command {
  return command
    .addOption(
      new Option('--cores <list>', 'with --model: cores of a host, by comma, rows for each (4,2)').argParser(
        numbers({ min: 1, max: CORES_MAX }),
      ),
    )
    .addOption(
      new Option(
        '--failed-views <list>',
        'with --model: views with a silent leader before a decision, by comma, rows for each (0,1,3)',
      ).argParser(numbers({ min: 0, max: FAILED_VIEWS_MAX })),
    )
    .addOption(
      new Option(
        '--decisions <k>',
        'with --model: decisions of each row (21, 8 above 21 members, 3 above 64)',
      ).argParser(wholeNumber({ min: 1, max: DECISIONS_MAX })),
    );
}

function numbers(bounds: {
  readonly min: number;
  readonly max: number;
}): (text: string) => readonly number[] {
  return (text) => text.split(',').map(wholeNumber(bounds));
}

/** Whether there is such a cost is known where it is used. */
function namedCost(
  text: string,
  before: readonly (readonly [string, number])[] = [],
): readonly (readonly [string, number])[] {
  const [, name, value] = NAMED_COST.exec(text) ?? [];
  if (name !== undefined) return [...before, [name, Number(value)]];
  throw new InvalidArgumentError('Expected NAME=VALUE with a number, as in signMs=13.5.');
}
