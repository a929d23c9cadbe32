import { Command } from 'commander';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { wholeNumber } from '../option-values.ts';
import { participationLines } from './participation-lines.ts';

interface ExplainOptions extends MemberOptions {
  readonly height?: number;
}

/** Nobody signs the genesis block. */
const HEIGHTS = { min: 1, max: 999_999_999_999_999 } as const;

const NOTES = `
Says who signed a final block, in which view and led by whom, and of a member that did not sign why, as far as the member that
is asked has evidence; it never guesses, and says "unknown" with the reason where it has none. A certificate needs a quorum and no
more, so of four members one is missing in nearly every block: mostly its vote came later. Causes of one's own member come from its
own records, so ask each member about itself with its own --home. The causes are in services/cli/README.md.

A member remembers the newest 1,024 heights (fewer from 257 members on) since its consensus service started; of older ones it tells who
signed, where it keeps the certificate.

Exit codes: 0 told   2 no such member, or a height that is not final or whose certificate is not kept   3 no answer

Examples:
  $ btcfed members explain carol --height 1041
  $ btcfed members explain --height 1041                    all that did not sign
  $ btcfed members explain m2 --home federation/m2 --json | jq -r '.members[] | .cause, .evidence[]'`;

export function membersExplainCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('explain'))
    .description('why a member did not sign a final block, and what shows it')
    .argument('[name]', 'the member; all that did not sign when left out')
    .option('--height <height>', 'the block; the newest final one when left out', wholeNumber(HEIGHTS))
    .addHelpText('after', NOTES)
    .action(
      action(context, (name: string | undefined, options: ExplainOptions) => explain(context, name, options)),
    );
}

async function explain(
  { terminal }: CommandContext,
  name: string | undefined,
  options: ExplainOptions,
): Promise<ExitCode> {
  const height = options.height === undefined ? 'latest' : BigInt(options.height);
  return withMember(targetOf(options), async (client) => {
    const told = await client.explain(height, name);
    terminal.out(options.json === true ? jsonText(told) : participationLines(told).join('\n'));
    return EXIT_CODES.ok;
  });
}
