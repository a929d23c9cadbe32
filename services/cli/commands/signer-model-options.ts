import { type Command, Option } from 'commander';
import { wholeNumber } from './option-values.ts';

/** Walks take no memory each: an hour has room for far fewer. */
const WALKS_MAX = 1_000_000_000;

/** The options of the search of the signer's tables. Scenarios of twins have views too. */
export function withModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--views <v>',
        'with --twins: views of a scenario (4); with --signer-model: views of each height (3)',
      ).argParser(wholeNumber({ min: 1, max: 64 })),
    )
    .addOption(
      new Option('--heights <h>', 'with --signer-model: heights that follow each other (1)').argParser(
        wholeNumber({ min: 1, max: 8 }),
      ),
    )
    .addOption(
      new Option(
        '--walks <k>',
        'with --signer-model: random walks instead of all states; --from is the number of the first',
      ).argParser(wholeNumber({ min: 1, max: WALKS_MAX })),
    )
    .addOption(
      new Option(
        '--minutes <m>',
        'with --signer-model: longest search or campaign of one table (60); what it showed by then is printed',
      ).argParser(wholeNumber({ min: 1, max: 10_000 })),
    )
    .addOption(
      new Option('--heap-gib <g>', 'with --signer-model: memory for the states of one search (16)').argParser(
        wholeNumber({ min: 1, max: 1024 }),
      ),
    );
}
