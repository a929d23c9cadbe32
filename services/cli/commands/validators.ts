import { Command } from 'commander';
import { toHex } from '#libs/bytes/hex.ts';
import { columnLines } from '#libs/tables/column-lines.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from './context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from './member-options.ts';

const EXAMPLES = `
Examples:
  $ btcfed validators
  $ btcfed validators --json | jq '.members[].name'`;

/** The members that decide. */
export function validatorsCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('validators'))
    .description('list the validator set in force and the weight that decides, as this member tells it')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: MemberOptions) => showValidators(context, options)));
}

async function showValidators({ terminal }: CommandContext, options: MemberOptions): Promise<ExitCode> {
  return withMember(targetOf(options), async (member) => {
    const set = await member.validators();
    const cells = set.members.map(({ index, name, weight, publicKey }) => {
      return [String(index), name, `weight ${weight}`, toHex(publicKey)];
    });
    const lines = columnLines(cells, { right: [0] });
    const { commitWeight, faultyWeightMax } = set.quorum;
    const rule = `quorum weight ${commitWeight} of ${set.totalWeight}, at most ${faultyWeightMax} faulty`;
    terminal.out(options.json ? jsonText(set) : [...lines, rule].join('\n'));
    return EXIT_CODES.ok;
  });
}
