import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Digest } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { parseHex } from '#services/launcher/core/transactions-file.ts';
import { invalidInput, PartialAnswer } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';
import { targetOf, withMemberOptions } from '../member-options.ts';
import { readableFile, readableFileOrInput } from '../option-values.ts';
import { finalText, untilFinal, withTimeout } from '../tx-place.ts';
import { type BatchOptions, submitBatch } from './submit-batch.ts';

interface SubmitOptions extends BatchOptions {
  readonly hex?: string;
  readonly file?: string;
  readonly batch?: string;
}

const EXAMPLES = `
Examples:
  $ btcfed tx submit --hex 0102ab --wait
  $ btcfed tx submit --file payment.bin --json
  $ btcfed tx submit --batch payments.txt --wait
  $ gen-payments | btcfed tx submit --batch - --json
  $ head -c 100 /dev/urandom | btcfed tx submit --address 127.0.0.1:7111`;

export function txSubmitCommand(context: CommandContext): Command {
  return withTimeout(withMemberOptions(new Command('submit')))
    .description('hand in a transaction, or many, and print the hash; the same bytes again change nothing')
    .addOption(new Option('--hex <hex>', 'the transaction as hex').conflicts('file'))
    .addOption(
      new Option(
        '--batch <file>',
        'many transactions: a line of hex each, or {"transactions": [hex, …]}; - for stdin. A line of output for each; those that find no ' +
          'room are handed in again until --timeout; exit code 1 when one is refused, 2 when one is not final in time',
      )
        .conflicts(['hex', 'file'])
        .argParser(readableFileOrInput),
    )
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
  if (options.batch !== undefined) return submitBatch(context, options.batch, options);
  const transaction = await readTransaction(context, options);
  return withMember(targetOf(options), async (member) => {
    const { hash, isFinal } = await member.submit(transaction);
    // Said before the wait: the wait may fail, and the transaction become final all the same.
    if (!options.json) terminal.out(hash);
    if (options.wait === true) terminal.out(await placeText(member, hash, options));
    else if (options.json) terminal.out(jsonText({ hash, state: isFinal ? 'final' : 'pending' }));
    return EXIT_CODES.ok;
  });
}

async function placeText(member: FederationClient, hash: Digest, options: SubmitOptions): Promise<string> {
  try {
    const place = await untilFinal(member, hash, options);
    return options.json ? jsonText({ hash, state: 'final', ...place }) : finalText(place);
  } catch (error) {
    throw new PartialAnswer({ hash, state: 'pending' }, error);
  }
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
