import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { pause } from '#services/launcher/adapters/pause.ts';
import { measureSignatureCost } from '#services/launcher/adapters/signature-cost.ts';
import { commitFloorMs } from '#services/launcher/core/floor.ts';
import { compareChains } from '#services/launcher/local/agreement.ts';
import type { LocalFederation } from '#services/launcher/local/local-federation.ts';
import { SilentMembers } from '#services/launcher/local/silent-members.ts';
import { commitAll } from '#services/launcher/local/submission.ts';
import {
  CATCH_UP_MS,
  IN_FLIGHT_MAX,
  SILENCE_TOLD_MS,
  VIEWS_PER_COMMIT_MAX,
} from '#services/launcher/words/limits.ts';
import { cpuSeconds } from '#test/support/programs/process-cpu.ts';
import type { BenchFacts, LoadFacts } from './bench-report.ts';

/** How much is measured. */
export interface BenchPlan {
  /** Transactions that are not counted: code warms up, and every member leads once. */
  readonly warmUps: number;
  /** Transactions, one at a time. */
  readonly samples: number;
  /** Transactions of the throughput run. */
  readonly load: number;
  readonly transactionBytes: number;
  /** The federation is watched doing nothing for so long. */
  readonly idleMs: number;
}

export interface MeasureOptions {
  readonly plan: BenchPlan;
  /** Time from nothing to all members connected, in milliseconds. */
  readonly readyMs: number;
  readonly signal: AbortSignal;
}

const COST = { samplesMin: 5, budgetMs: 1_000 } as const;

/** Pause between two single transactions, so that each finds a quiet federation. */
const PAUSE_MS = 100;

/** Sockets, logs and caches settle before the federation counts as idle. */
const SETTLE_MS = 2_000;

/** Measures a federation that runs and is idle. */
export async function measureFederation(
  federation: LocalFederation,
  { plan, readyMs, signal }: MeasureOptions,
): Promise<BenchFacts> {
  const { members, protocol, scheme, quorum, votes } = federation;
  await pause(SETTLE_MS, signal);
  const idleCpuPercent = await idleCpu(federation, plan, signal);
  const cost = await measureSignatureCost(scheme, COST);
  await oneByOne(federation, { count: plan.warmUps, plan, signal });
  const { commitMs, cpuMs } = await costOfEach(federation, plan, signal);
  const commitCpuMs = workOfDecision({ commitMs, cpuMs, idleCpuPercent });
  const load = await underLoad(federation, plan, signal);
  const { agree } = await compareChains(members, CATCH_UP_MS);
  const floorMs = commitFloorMs({ ...cost, votes, members: members.length, cores: availableParallelism() });
  return {
    ...cost,
    members: members.length,
    quorum,
    protocol,
    scheme,
    commitMs,
    commitCpuMs,
    floorMs,
    load,
    idleCpuPercent,
    readyMs,
    agree,
  };
}

/** The work of an idle federation in the same time, heartbeats and probes, is no work of the decision. */
function workOfDecision({
  commitMs,
  cpuMs,
  idleCpuPercent,
}: Pick<BenchFacts, 'commitMs' | 'idleCpuPercent'> & { readonly cpuMs: number }): number {
  const eachMs = commitMs.reduce((sum, ms) => sum + ms, 0) / commitMs.length + PAUSE_MS;
  return Math.max(0, cpuMs - (idleCpuPercent / 100) * eachMs);
}

/** The times of single transactions, and the work of cores for one of them and the pause behind it. */
async function costOfEach(federation: LocalFederation, plan: BenchPlan, signal: AbortSignal) {
  const pids = pidsOf(federation);
  const startS = cpuSeconds(pids);
  const commitMs = await oneByOne(federation, { count: plan.samples, plan, signal });
  return { commitMs, cpuMs: (1_000 * (cpuSeconds(pids) - startS)) / commitMs.length };
}

function pidsOf({ services }: LocalFederation): readonly number[] {
  return services.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
}

async function idleCpu(
  federation: LocalFederation,
  { idleMs }: BenchPlan,
  signal: AbortSignal,
): Promise<number> {
  const pids = pidsOf(federation);
  const startMs = performance.now();
  const startS = cpuSeconds(pids);
  await pause(idleMs, signal);
  return (100 * (cpuSeconds(pids) - startS)) / ((performance.now() - startMs) / 1000);
}

interface OneByOne {
  readonly count: number;
  readonly plan: BenchPlan;
  readonly signal: AbortSignal;
}

async function oneByOne(federation: LocalFederation, { count, plan, signal }: OneByOne): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const member = federation.members[index % federation.members.length];
    if (member === undefined) throw new Error('a federation has members');
    const options = { ...submissionOptions(federation, signal), members: [member] };
    const committed = await commitAll([randomBytes(plan.transactionBytes)], options);
    times.push(...committed.map(({ commitMs }) => commitMs));
    await pause(PAUSE_MS, signal);
  }
  return times;
}

/** Everything is handed in as fast as it goes, so that blocks get as full as they do. */
async function underLoad(
  federation: LocalFederation,
  { load, transactionBytes }: BenchPlan,
  signal: AbortSignal,
): Promise<LoadFacts> {
  const before = await newestHeight(federation);
  const transactions = Array.from({ length: load }, () => randomBytes(transactionBytes));
  const startMs = performance.now();
  const committed = await commitAll(transactions, submissionOptions(federation, signal));
  const seconds = (performance.now() - startMs) / 1000;
  const after = await newestHeight(federation);
  const counts = await Promise.all(
    Array.from({ length: Number(after - before) }, (_, index) =>
      transactionCount(federation, before + 1n + BigInt(index)),
    ),
  );
  return {
    transactions: committed.length,
    transactionBytes,
    seconds,
    blocks: counts.length,
    blockTransactionsMax: Math.max(0, ...counts),
  };
}

function submissionOptions({ members, viewTimeoutMs, held }: LocalFederation, signal: AbortSignal) {
  const deadlineMs = VIEWS_PER_COMMIT_MAX * viewTimeoutMs;
  const note = (line: string): boolean => process.stderr.write(`${line}\n`);
  const silent = new SilentMembers({ note, held, toldAfterMs: SILENCE_TOLD_MS });
  return { members, inFlight: IN_FLIGHT_MAX, deadlineMs, signal, silent };
}

async function newestHeight({ members }: LocalFederation): Promise<bigint> {
  const latest = await members[0]?.client.getHeader('latest');
  return latest?.header.height ?? 0n;
}

async function transactionCount({ members }: LocalFederation, height: bigint): Promise<number> {
  const block = await members[0]?.client.getHeader(height);
  return block?.header.transactionCount ?? 0;
}
