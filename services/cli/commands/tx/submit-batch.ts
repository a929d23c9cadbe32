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

type Tally = Record<HandedIn['state'], number>;

/** Hands in the transactions of a file, prints a line for each, and at the end, or when it is stopped, how many became what. */
export async function submitBatch(
  context: CommandContext,
  file: string,
  options: BatchOptions,
): Promise<ExitCode> {
  const transactions = file === '-' ? await fromInput(context) : readBatch(file);
  const tally = { pending: 0, final: 0, refused: 0 };
  try {
    await withMember(targetOf(options), (member) =>
      handIn(transactions, { member, context, options, tally }),
    );
  } catch (error) {
    context.terminal.note(stoppedText(transactions.length, tally));
    throw error;
  }
  context.terminal.note(`${transactions.length} handed in: ${tallyText(tally)}`);
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
  /** Counts what becomes of them. */
  readonly tally: Tally;
}

async function handIn(
  transactions: readonly Uint8Array[],
  { member, context, options, tally }: HandingIn,
): Promise<void> {
  const { terminal } = context;
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

function stoppedText(count: number, tally: Readonly<Tally>): string {
  const unknown = count - tally.final - tally.pending - tally.refused;
  return `of ${count}: ${tallyText(tally)}, ${unknown} without an answer; the same file again brings in those that are missing`;
}

function tallyText({ final, pending, refused }: Readonly<Tally>): string {
  return `${final} final, ${pending} pending, ${refused} refused`;
}
