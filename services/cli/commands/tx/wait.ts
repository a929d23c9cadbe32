import { Command } from 'commander';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { finalText, hashOf, type TimeoutOption, untilFinal, withTimeout } from '../tx-place.ts';

type WaitOptions = MemberOptions & TimeoutOption;

const EXAMPLES = `
Examples (HASH is what "btcfed tx submit" printed):
  $ btcfed tx wait HASH
  $ btcfed tx wait HASH --timeout 5 --json`;

export function txWaitCommand(context: CommandContext): Command {
  return withTimeout(withMemberOptions(new Command('wait')))
    .description('return when a transaction is final; exit code 2 when it is not in time')
    .argument('<hash>', 'SHA-256 of the transaction, 64 hex digits')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (hash: string, options: WaitOptions) => waitTransaction(context, hash, options)));
}

async function waitTransaction(
  { terminal }: CommandContext,
  text: string,
  options: WaitOptions,
): Promise<ExitCode> {
  const hash = hashOf(text);
  return withMember(targetOf(options), async (member) => {
    const place = await untilFinal(member, hash, options);
    terminal.out(options.json ? jsonText({ hash, state: 'final', ...place }) : finalText(place));
    return EXIT_CODES.ok;
  });
}
