import { performance } from 'node:perf_hooks';
import { pause } from '#services/launcher/adapters/pause.ts';
import type { LocalFederation } from '#services/launcher/local/local-federation.ts';
import { IN_FLIGHT_MAX, VIEWS_PER_COMMIT_MAX } from '#services/launcher/words/limits.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { LoadFacts } from './bench-report.ts';
import { cpuByService, cpuOfEach } from './cpu-by-service.ts';
import { runLoadClient } from './run-load-client.ts';

/** Between two looks at the heights of all members. */
const HEIGHT_LOOK_MS = 10;

interface HandingIn {
  readonly plan: BenchPlan;
  readonly transactions: number;
  readonly signal: AbortSignal;
}

/** Has a process of its own hand in as fast as it goes, and waits until all is final on every member. */
export async function handIn(federation: LocalFederation, { plan, transactions, signal }: HandingIn) {
  const { members, viewTimeoutMs } = federation;
  const answer = await runLoadClient(
    {
      addresses: members.map(({ home }) => home.facts.clientAddress),
      transactions,
      transactionBytes: plan.transactionBytes,
      batch: plan.batch,
      inFlight: IN_FLIGHT_MAX,
      deadlineMs: VIEWS_PER_COMMIT_MAX * viewTimeoutMs,
    },
    signal,
  );
  const endMs = performance.now();
  if (answer.lost > 0)
    throw new Error(`${answer.lost} of ${transactions} transactions were not final in time`);
  await sameHeight(federation, signal);
  return { ...answer, seconds: answer.seconds + (performance.now() - endMs) / 1_000 };
}

/** Blocks get as full as they do. */
export async function underLoad(
  federation: LocalFederation,
  plan: BenchPlan,
  signal: AbortSignal,
): Promise<LoadFacts> {
  const before = await newestHeight(federation);
  const cpu = cpuByService(federation);
  const handed = await handIn(federation, { plan, transactions: plan.load, signal });
  const after = cpuByService(federation);
  const height = await newestHeight(federation);
  const counts = await Promise.all(
    Array.from({ length: Number(height - before) }, (_, index) =>
      transactionCount(federation, before + 1n + BigInt(index)),
    ),
  );
  const transactions = counts.reduce((sum, count) => sum + count, 0);
  const divisor = Math.max(1, transactions);
  return {
    transactions,
    transactionBytes: plan.transactionBytes,
    seconds: handed.seconds,
    cpuUsByService: cpuOfEach({ before: cpu, after }, 1e6, divisor),
    clientCpuUs: Math.round((1e6 * handed.cpuSeconds) / divisor),
    triedAgain: handed.triedAgain,
    blocks: counts.length,
    blockTransactionsMax: Math.max(0, ...counts),
  };
}

/** Until all members are at one height. */
async function sameHeight({ members }: LocalFederation, signal: AbortSignal): Promise<void> {
  for (;;) {
    const heights = await Promise.all(
      members.map(async ({ client }) => (await client.status()).header?.finalHeight),
    );
    if (heights.every((height) => height === heights[0])) return;
    await pause(HEIGHT_LOOK_MS, signal);
  }
}

async function newestHeight({ members }: LocalFederation): Promise<bigint> {
  const latest = await members[0]?.client.getHeader('latest');
  return latest?.header.height ?? 0n;
}

async function transactionCount({ members }: LocalFederation, height: bigint): Promise<number> {
  const block = await members[0]?.client.getHeader(height);
  return block?.header.transactionCount ?? 0;
}
