import type { FederationClient } from '#libs/client/client.ts';
import { type HandedIn, submitInBatches } from '#services/launcher/adapters/batch-submission.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { readBatch } from '#services/launcher/adapters/read-transactions.ts';
import { parseTransactions } from '#services/launcher/core/transactions-file.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { CommandContext } from '../context.ts';
import { type MemberOptions, targetOf } from '../member-options.ts';
import { finalText, type TimeoutOption } from '../tx-place.ts';

export interface BatchOptions extends MemberOptions, TimeoutOption {
  readonly wait?: boolean;
}

/** 16,000 transactions, or 4 MiB of them: as many as one connection may wait for. */
const BATCHES_AT_ONCE = 16;

type Tally = Readonly<Record<HandedIn['state'], number>>;

/** Hands in the transactions of a file, prints a line for each, and at the end how many became what. */
export async function submitBatch(
  context: CommandContext,
  file: string,
  options: BatchOptions,
): Promise<ExitCode> {
  const transactions = file === '-' ? await fromInput(context) : readBatch(file);
  const tally = await withMember(targetOf(options), (member) =>
    handIn(transactions, { member, context, options }),
  );
  context.terminal.note(tallyText(transactions.length, tally));
  if (tally.refused > 0) return EXIT_CODES.failed;
  return options.wait === true && tally.pending > 0 ? EXIT_CODES.notThere : EXIT_CODES.ok;
}

async function fromInput(context: CommandContext): Promise<readonly Uint8Array[]> {
  return parseTransactions(new TextDecoder().decode(await context.readInput()), 'stdin');
}

interface HandingIn {
  readonly member: FederationClient;
  readonly context: CommandContext;
  readonly options: BatchOptions;
}

async function handIn(
  transactions: readonly Uint8Array[],
  { member, context, options }: HandingIn,
): Promise<Tally> {
  const { terminal } = context;
  const tally = { pending: 0, final: 0, refused: 0 };
  await submitInBatches(transactions, {
    client: member,
    isAwaited: options.wait === true,
    batchesAtOnce: options.wait === true ? BATCHES_AT_ONCE : 1,
    deadlineMs: options.timeout * 1_000,
    signal: context.interruption().signal,
    told: (handed) => {
      tally[handed.state] += 1;
      terminal.out(options.json ? jsonText(asJson(handed)) : lineOf(handed));
    },
  });
  return tally;
}

function asJson(handed: HandedIn) {
  const { index, hash, state } = handed;
  if (handed.state === 'refused') return { index, hash, state, error: handed.refusal };
  if (handed.state === 'pending' || handed.height === undefined) return { index, hash, state };
  return { index, hash, state, height: handed.height, position: handed.position };
}

function lineOf(handed: HandedIn): string {
  const { hash, state } = handed;
  if (handed.state === 'refused')
    return `${hash} refused: ${handed.refusal.message} (code ${handed.refusal.code})`;
  if (handed.state === 'pending' || handed.height === undefined || handed.position === undefined)
    return `${hash} ${state}`;
  return `${hash} ${finalText({ height: handed.height, index: handed.position })}`;
}

function tallyText(count: number, { final, pending, refused }: Tally): string {
  return `${count} handed in: ${final} final, ${pending} pending, ${refused} refused`;
}
