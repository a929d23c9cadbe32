import { Command } from 'commander';
import { withOperatorService } from '#services/launcher/adapters/operator-client.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type NodeHomeOptions, nodePathsOf, withNodeHomeOptions } from '../home-options.ts';
import { HEIGHT_MAX, wholeNumber } from '../option-values.ts';

const NOTES = `
The member decides the block of the height and signs nothing above it, as with "btcfed node --halt-at-height"; "btcfed status" has exit
code 5 then. It holds until it is cleared, or until consensus starts again: a start has the height of --halt-at-height, or none. Say the
same height to all members that are to stop together, while the chain is still below it.

Exit codes: 0 done   1 the height is passed   3 no node runs from this home

Examples:
  $ btcfed consensus halt 1000 --home /var/lib/btcfed
  $ btcfed consensus halt --clear --home /var/lib/btcfed --json`;

interface HaltOptions extends NodeHomeOptions {
  readonly clear?: boolean;
}

/** Where a member that runs stops. */
export function consensusHaltCommand(context: CommandContext): Command {
  return withNodeHomeOptions(new Command('halt'))
    .description('say behind which height a member that runs stops, or that it goes on')
    .argument('[height]', 'a height from the newest final one on', wholeNumber({ min: 1, max: HEIGHT_MAX }))
    .option('--clear', 'it goes on')
    .addHelpText('after', NOTES)
    .action(
      action(context, (height: number | undefined, options: HaltOptions) => halt(context, height, options)),
    );
}

async function halt(
  { terminal }: CommandContext,
  height: number | undefined,
  options: HaltOptions,
): Promise<ExitCode> {
  if ((height === undefined) === (options.clear !== true))
    throw unusable('give a height, or --clear: one of them');
  const request = height === undefined ? {} : { height: BigInt(height) };
  const { finalHeight } = await withOperatorService(nodePathsOf(options), (client) =>
    client.setHaltHeight(request),
  );
  const words =
    height === undefined
      ? `goes on from height ${finalHeight}`
      : `stops behind height ${height}; the newest final height is ${finalHeight}`;
  terminal.out(options.json === true ? jsonText({ haltAtHeight: height ?? null, finalHeight }) : words);
  return EXIT_CODES.ok;
}
