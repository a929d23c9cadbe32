import { availableParallelism } from 'node:os';
import { checkedName } from '#libs/crypto/scheme.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import type { Transport } from '#libs/settings/transport.ts';
import { readTransactions } from '../adapters/read-transactions.ts';
import { measureSignatureCost } from '../adapters/signature-cost.ts';
import { commitFloorMs } from '../core/floor.ts';
import { reportOf, reportText, type UpReport } from '../core/up-report.ts';
import type { NamedParameters } from '../testnet/genesis-parameters.ts';
import { EXIT_CODES, type ExitCode } from '../words/exit-codes.ts';
import type { Interruption } from '../words/interruption.ts';
import { jsonText } from '../words/json-value.ts';
import { CATCH_UP_MS, CATCH_UP_STOPPING_MS, SILENCE_TOLD_MS, VIEWS_PER_COMMIT_MAX } from '../words/limits.ts';
import type { ProcessContext } from '../words/process-context.ts';
import { compareChains } from './agreement.ts';
import { invite } from './invitation.ts';
import { type LocalFederation, localFederation } from './local-federation.ts';
import { waitConnected } from './readiness.ts';
import { SilentMembers } from './silent-members.ts';
import { showStatus } from './status-board.ts';
import { stopAsked } from './stop-asked.ts';
import { commitAll, countFinalEverywhere } from './submission.ts';
import { openWorkspace } from './workspace.ts';

export interface UpOptions {
  readonly members: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly votePath?: VotePath;
  readonly transport?: Transport;
  readonly parameter?: NamedParameters;
  readonly given: { readonly members: boolean; readonly protocol: boolean; readonly scheme: boolean };
  readonly submit?: string;
  readonly exit?: boolean;
  readonly home?: string;
  readonly basePort?: number;
  readonly inFlight: number;
  readonly json?: boolean;
}

/** Sign and verify are measured for this long each, on the idle federation. */
const COST = { samplesMin: 3, budgetMs: 300 } as const;

/**
 * Runs a local federation from its first file to its last process. Everything that was started is stopped before this
 * returns or throws.
 */
export async function runUp(context: ProcessContext, options: UpOptions): Promise<ExitCode> {
  const transactions = options.submit === undefined ? [] : readTransactions(options.submit);
  checkedName(options.scheme);
  const interruption = context.interruption();
  const { parameter: parameters } = options;
  const place = { atDefaultPorts: true, terminal: context.terminal };
  const workspace = await openWorkspace({ ...options, ...place, parameters });
  try {
    const federation = await localFederation({ folder: workspace.folder, context, interruption });
    return await runFederation({ federation, transactions, options, context, interruption });
  } finally {
    workspace.leave();
  }
}

interface Run {
  readonly federation: LocalFederation;
  readonly transactions: readonly Uint8Array[];
  readonly options: UpOptions;
  readonly context: ProcessContext;
  readonly interruption: Interruption;
}

async function runFederation(run: Run): Promise<ExitCode> {
  const { federation, context, options } = run;
  const { terminal } = context;
  let report: UpReport;
  try {
    const { services, members } = federation;
    terminal.note(`starting the ${services.length} services of ${members.length} members …`);
    await federation.start();
    terminal.note('all services run; the members connect to each other …');
    report = await work(run);
  } finally {
    await federation.stop();
  }
  terminal.note(reportText(report));
  if (options.json) terminal.out(jsonText(report));
  return report.agree && report.final === report.submitted ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** The work between the start and the stop. */
async function work(run: Run): Promise<UpReport> {
  const { federation, context, interruption } = run;
  const { members, protocol, scheme, quorum, votes, control } = federation;
  const signal = AbortSignal.any([interruption.signal, federation.failed]);
  await waitConnected(members, signal);
  const readyMs = context.sinceStartMs();
  for (const { name, home } of members) {
    context.terminal.note(`${name} serves clients at ${home.facts.clientAddress}`);
  }
  if (run.options.exit !== true) invite(members, context.terminal, run.options.home);
  const cost = await measureSignatureCost(scheme, COST);
  const machine = { members: members.length, cores: availableParallelism() };
  const floorMs = commitFloorMs({ ...cost, ...machine, votes });
  // Not before: a member that is down would look like one that finds no peers.
  await control.start();
  const over = new AbortController();
  const board = showStatus(members, context.terminal, AbortSignal.any([over.signal, signal]));
  try {
    const done = await submit(run, signal);
    const agreement = await compare(run);
    const facts = { members: members.length, quorum, protocol, scheme, floorMs, readyMs };
    return reportOf({ ...facts, ...done, ...agreement });
  } finally {
    over.abort();
    await board;
    await control.stop();
  }
}

async function submit({ federation, transactions, options, context }: Run, signal: AbortSignal) {
  const { members, viewTimeoutMs } = federation;
  const deadlineMs = VIEWS_PER_COMMIT_MAX * viewTimeoutMs;
  const silent = new SilentMembers({
    note: (line) => context.terminal.note(line),
    held: () => federation.held(),
    toldAfterMs: SILENCE_TOLD_MS,
  });
  const submitting = { members, deadlineMs, signal, inFlight: options.inFlight, silent };
  const committed = await commitAll(transactions, submitting);
  const finalCount = await countFinalEverywhere(committed, submitting);
  const submitted = transactions.length;
  if (submitted > 0) {
    context.terminal.note(`${finalCount} of ${submitted} transactions are final on every member`);
  }
  return { submitted, finalCount, commitMs: committed.map((each) => each.commitMs) };
}

/**
 * Compares at once, or when a person stops the federation: then the newest block may be hours old, and patience is
 * short. Members that the person holds down or paused do not answer, or lag behind.
 */
async function compare({ federation, options, interruption, context }: Run) {
  const stopping = AbortSignal.any([interruption.signal, federation.failed]);
  if (options.exit !== true) await stopAsked(stopping);
  federation.failed.throwIfAborted();
  const held = federation.held();
  if (held.length > 0) context.terminal.note(`held by request, and not compared: ${held.join(', ')}`);
  const members = federation.members.filter(({ name }) => !held.includes(name));
  const patienceMs = options.exit === true ? CATCH_UP_MS : CATCH_UP_STOPPING_MS;
  return { ...(await compareChains(members, patienceMs)), compared: members.length };
}
