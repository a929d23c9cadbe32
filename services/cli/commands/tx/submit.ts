import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { parseHex } from '#services/launcher/core/transactions-file.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { readableFile } from '../option-values.ts';
import { finalText, type TimeoutOption, untilFinal, withTimeout } from '../tx-place.ts';

interface SubmitOptions extends MemberOptions, TimeoutOption {
  readonly hex?: string;
  readonly file?: string;
  readonly wait?: boolean;
}

const EXAMPLES = `
Examples:
  $ btcfed tx submit --hex 0102ab --wait
  $ btcfed tx submit --file payment.bin --json
  $ head -c 100 /dev/urandom | btcfed tx submit --address 127.0.0.1:7111`;

export function txSubmitCommand(context: CommandContext): Command {
  return withTimeout(withMemberOptions(new Command('submit')))
    .description('hand in one transaction and print its hash; the same bytes again change nothing')
    .addOption(new Option('--hex <hex>', 'the transaction as hex').conflicts('file'))
    .option(
      '--file <file>',
      'the transaction as raw bytes; without --hex and --file it is read from stdin',
      readableFile,
    )
    .option('-w, --wait', 'return when it is final')
    .addHelpText('after', EXAMPLES)
    .action(action(context, (options: SubmitOptions) => submitTransaction(context, options)));
}

async function submitTransaction(context: CommandContext, options: SubmitOptions): Promise<ExitCode> {
  const { terminal } = context;
  const transaction = await readTransaction(context, options);
  return withMember(targetOf(options), async (member) => {
    const { hash, isFinal } = await member.submit(transaction);
    if (options.wait !== true) {
      terminal.out(options.json ? jsonText({ hash, state: isFinal ? 'final' : 'pending' }) : hash);
      return EXIT_CODES.ok;
    }
    const place = await untilFinal(member, hash, options);
    const line = `${hash} ${finalText(place)}`;
    terminal.out(options.json ? jsonText({ hash, state: 'final', ...place }) : line);
    return EXIT_CODES.ok;
  });
}

async function readTransaction(context: CommandContext, { hex, file }: SubmitOptions): Promise<Uint8Array> {
  if (hex !== undefined) {
    const bytes = parseHex(hex);
    if (bytes === undefined) throw invalidInput('--hex needs pairs of hex digits without 0x, at least one');
    return bytes;
  }
  const bytes = file === undefined ? await context.readInput() : readBytes(file);
  if (bytes.length === 0)
    throw invalidInput('the transaction is empty: give it by --hex, by --file or on stdin');
  return bytes;
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw invalidInput(`${file} cannot be read: ${fileReason(cause)}`, cause);
  }
}
