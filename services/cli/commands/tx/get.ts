import { Command } from 'commander';
import { toHex } from '#libs/bytes/hex.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { ClientTransaction } from '#libs/client/answers.ts';
import type { FederationClient } from '#libs/client/client.ts';
import type { Trust } from '#libs/client/verify-block.ts';
import { verifyTransactionProof } from '#libs/client/verify-transaction.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { trustFrom, trustInEpoch } from '../../adapters/trust.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, verifyOption, withMemberOptions } from '../member-options.ts';
import { finalText, hashOf } from '../tx-place.ts';

interface GetOptions extends MemberOptions {
  readonly verify?: string;
}

const EXAMPLES = `
Examples (HASH is what "btcfed tx submit" printed):
  $ btcfed tx get HASH
  $ btcfed tx get HASH --verify genesis.json --json

It is not known to a member where it neither waits nor is final: it may wait at another one, or was never handed in.`;

export function txGetCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('get'))
    .description('tell where a transaction stands; exit code 2 while it is not final or not known')
    .argument('<hash>', 'SHA-256 of the transaction, 64 hex digits')
    .addOption(verifyOption())
    .addHelpText('after', EXAMPLES)
    .action(action(context, (hash: string, options: GetOptions) => getTransaction(context, hash, options)));
}

async function getTransaction(
  { terminal }: CommandContext,
  text: string,
  options: GetOptions,
): Promise<ExitCode> {
  const hash = hashOf(text);
  const trust = options.verify === undefined ? undefined : trustFrom(options.verify);
  return withMember(targetOf(options), async (member) => {
    const answer = await member.get(hash);
    const verified = trust !== undefined && (await checkProof(answer, member, trust));
    terminal.out(options.json ? jsonLine(hash, answer, verified) : textLine(answer, verified));
    return answer.state === 'final' ? EXIT_CODES.ok : EXIT_CODES.notThere;
  });
}

/**
 * Asks for the block too, and believes neither answer before hashes and signatures hold. False for a transaction
 * that is not final: there is nothing to prove yet.
 * @throws CliError `CLI_NOT_PROVED`.
 */
async function checkProof(
  answer: ClientTransaction,
  member: FederationClient,
  trust: Trust,
): Promise<boolean> {
  if (answer.state !== 'final') return false;
  const { transaction, payloadProof, stateProof, height } = answer;
  const block = await member.getHeader(height);
  const proof = { payloadProof, stateProof, block };
  const known = await trustInEpoch(trust, block.header.epoch, member);
  const verdict = await verifyTransactionProof(transaction, proof, known);
  if (verdict.ok) return true;
  throw new CliError(`the transaction is not proved: ${verdict.fault}`, { code: 'CLI_NOT_PROVED' });
}

function jsonLine(hash: Digest, answer: ClientTransaction, verified: boolean): string {
  return jsonText({ hash, ...answer, ...(verified ? { verified } : {}) });
}

function textLine(answer: ClientTransaction, verified: boolean): string {
  const where = answer.state === 'final' ? finalText(answer) : 'pending';
  return `${where}${verified ? ', verified' : ''}\n${toHex(answer.transaction)}`;
}
