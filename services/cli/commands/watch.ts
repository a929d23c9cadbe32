import { Command, Option } from 'commander';
import type { WatchedBlock } from '#libs/client/answers.ts';
import type { GetStatusResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import { action, type CommandContext } from './context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from './member-options.ts';
import { wholeNumber } from './option-values.ts';

interface WatchOptions extends MemberOptions {
  readonly from: number;
  readonly count?: number;
  readonly transactions?: boolean;
}

const HEIGHT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const COUNT = { min: 1, max: Number.MAX_SAFE_INTEGER } as const;

const EXAMPLES = `
Examples:
  $ btcfed watch
  $ btcfed watch --from 1 --json | jq .height
  $ btcfed watch --from 12 --count 1`;

/** Final blocks as they come. */
export function watchCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('watch'))
    .description(
      'print final blocks as they come, once and without gaps, also over a restart of the member, until Ctrl-C; ' +
        '--json prints one object a line',
    )
    .addOption(
      new Option('--from <height>', 'first height, inclusive; 0 means from now on')
        .argParser(wholeNumber(HEIGHT))
        .default(0),
    )
    .addOption(new Option('--count <n>', 'end after so many blocks').argParser(wholeNumber(COUNT)))
    .option('--transactions', 'with the transactions')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: WatchOptions) => watchBlocks(context, options)));
}

async function watchBlocks({ terminal }: CommandContext, options: WatchOptions): Promise<ExitCode> {
  return withMember(targetOf(options), async (member) => {
    // A member that does not answer at first is reported at once; later breaks are waited out.
    sayWhenWaiting(options.from, await member.status(), terminal);
    let left = options.count ?? Number.POSITIVE_INFINITY;
    const includeTransactions = options.transactions === true;
    for await (const block of member.watch({ startHeight: BigInt(options.from), includeTransactions })) {
      terminal.out(options.json ? jsonLine(block) : textLine(block));
      left -= 1;
      if (left <= 0) break;
    }
    return EXIT_CODES.ok;
  });
}

/** A watch without a word looks like one that hangs. */
function sayWhenWaiting(from: number, { header }: GetStatusResponse, terminal: Terminal): void {
  const newest = header?.finalHeight ?? 0n;
  if (from > 0 && BigInt(from) <= newest) return;
  terminal.note(
    `waiting for blocks: the newest is ${newest}; --from 1 begins at the first, Ctrl-C ends this`,
  );
}

function jsonLine({ header, digest, transactionHashes, transactions }: WatchedBlock): string {
  const bodies = transactions.length === 0 ? {} : { transactions };
  return jsonText({ ...header, digest, transactionHashes, ...bodies });
}

function textLine({ header, digest, transactionHashes }: WatchedBlock): string {
  const { height, view, transactionCount } = header;
  const head = `height ${height}  view ${view}  ${digest}  transactions ${transactionCount}`;
  return [head, ...transactionHashes.map((hash) => `  ${hash}`)].join('\n');
}
