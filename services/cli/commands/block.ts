import { Command } from 'commander';
import { toHex } from '#libs/bytes/hex.ts';
import type { ClientBlock } from '#libs/client/answers.ts';
import { verifyBlock } from '#libs/client/verify-block.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { trustFrom, trustInEpoch } from '../adapters/trust.ts';
import { action, type CommandContext } from './context.ts';
import { type MemberOptions, targetOf, verifyOption, withMemberOptions } from './member-options.ts';

interface BlockOptions extends MemberOptions {
  readonly headerOnly?: boolean;
  readonly verify?: string;
}

const LATEST = 'latest';
const HEIGHT = /^\d{1,19}$/;

const EXAMPLES = `
Examples:
  $ btcfed block get latest
  $ btcfed block get 7 --json | jq .certificate.signatures
  $ btcfed block get 7 --verify genesis.json`;

/** Final blocks with their certificates. */
export function blockCommand(context: CommandContext): Command {
  const get = withMemberOptions(new Command('get'))
    .description('print a final block and its proof; exit code 2 when it is not final yet')
    .argument('[height]', `height from 0, which is genesis, or "${LATEST}"`, LATEST)
    .option('--header-only', 'leave the transactions out')
    .addOption(verifyOption())
    .addHelpText('after', EXAMPLES)
    .action(action(context, (height: string, options: BlockOptions) => getBlock(context, height, options)));
  return new Command('block').description('get a final block').addCommand(get).addHelpText('after', EXAMPLES);
}

async function getBlock(
  { terminal }: CommandContext,
  text: string,
  options: BlockOptions,
): Promise<ExitCode> {
  const height = text === LATEST ? LATEST : heightOf(text);
  const trust = options.verify === undefined ? undefined : trustFrom(options.verify);
  return withMember(targetOf(options), async (member) => {
    const block = options.headerOnly ? await member.getHeader(height) : await member.getBlock(height);
    const verdict =
      trust === undefined
        ? undefined
        : await verifyBlock(block, await trustInEpoch(trust, block.header.epoch, member));
    if (verdict?.ok === false) {
      const message = `block ${block.header.height} is not proved: ${verdict.fault}`;
      throw new CliError(message, { code: 'CLI_NOT_PROVED' });
    }
    const verified = verdict === undefined ? {} : { verified: true };
    const { header, ...rest } = block;
    const { isKept: certificateKept, height: certifiedHeight } = proofOf(block);
    terminal.out(
      options.json
        ? jsonText({ ...header, ...rest, certificateKept, certifiedHeight, ...verified })
        : blockText(block, verdict?.ok),
    );
    return EXIT_CODES.ok;
  });
}

function heightOf(text: string): bigint {
  const height = HEIGHT.test(text) ? BigInt(text) : undefined;
  if (height !== undefined && height < 2n ** 63n) return height;
  throw invalidInput(`${JSON.stringify(text)} is no height: a height is a whole number, or "${LATEST}"`);
}

/** Whether the member keeps a certificate of this very block, and the height whose certificate proves it. */
function proofOf({ certificate, descendants }: ClientBlock): {
  readonly isKept: boolean;
  readonly height: bigint;
} {
  return { isKept: descendants.length === 0, height: certificate.height };
}

function blockText(block: ClientBlock, verified: boolean | undefined): string {
  const { header, digest, certificate, descendants, transactions } = block;
  const signers = certificate.signatures.map(({ member }) => member).join(', ');
  const { isKept, height } = proofOf(block);
  const proof = signers === '' ? 'nobody: it is genesis' : `members ${signers}`;
  const own = isKept
    ? 'kept'
    : `not kept: that of height ${height} proves it, by ${descendants.length} headers`;
  return [
    `height        ${header.height}`,
    `digest        ${digest}`,
    `parent        ${header.parent}`,
    `state root    ${header.stateRoot}`,
    `view          ${header.view}, proposed by member ${header.proposer}`,
    `time          ${new Date(Number(header.timestampMs)).toISOString()}`,
    `certified by  ${proof}${verified === true ? ', verified' : ''}`,
    `certificate   ${own}`,
    `transactions  ${header.transactionCount}`,
    ...transactions.map((transaction) => `  ${toHex(transaction)}`),
  ].join('\n');
}
