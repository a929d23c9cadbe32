import { performance } from 'node:perf_hooks';
import { pause } from '#services/launcher/adapters/pause.ts';
import { cpuOfEach } from './cpu-by-service.ts';
import type { LoadFacts } from './load-facts.ts';
import type { LoadAmount, LoadPlan } from './load-plan.ts';
import type { LoadedSystem } from './loaded-system.ts';
import { runLoadClient } from './run-load-client.ts';

/** Between two looks at the heights of all members. */
const HEIGHT_LOOK_MS = 10;

/** A member that is behind by then does not catch up: all have decided on the same blocks. */
const CAUGHT_UP_MS_MAX = 120_000;

export interface LoadOptions extends Pick<LoadPlan, 'batch' | 'inFlight' | 'transactionBytes'> {
  readonly amount: LoadAmount;
  readonly signal: AbortSignal;
}

/** Has a process of its own hand in as fast as it goes, and waits until all is final on every member. */
export async function handIn(system: LoadedSystem, options: LoadOptions) {
  const { way, addresses, deadlineMs } = system;
  const { amount, batch, inFlight, transactionBytes, signal } = options;
  // A member that is behind would tell the client of blocks from before its time.
  await caughtUp(system, signal);
  const plan = { way, addresses, amount, transactionBytes, batch, inFlight, deadlineMs };
  const answer = await runLoadClient(plan, signal);
  const endMs = performance.now();
  const { final, lost } = answer;
  if (lost > 0) throw new Error(`${lost} of ${final + lost} transactions were not final in time`);
  await caughtUp(system, signal);
  return { ...answer, seconds: answer.seconds + (performance.now() - endMs) / 1_000 };
}

/** Blocks get as full as they do. */
export async function underLoad(system: LoadedSystem, options: LoadOptions): Promise<LoadFacts> {
  const before = await newestHeight(system);
  const cpu = system.cpu();
  const handed = await handIn(system, options);
  const after = system.cpu();
  const counts = await system.transactionCounts(before, await newestHeight(system));
  const transactions = counts.reduce((sum, count) => sum + count, 0);
  if (transactions !== handed.final)
    throw new Error(
      `the chain holds ${transactions} transactions, and the client was told of ${handed.final}`,
    );
  const divisor = Math.max(1, transactions);
  return {
    transactions,
    transactionBytes: options.transactionBytes,
    seconds: handed.seconds,
    cpuUsByService: cpuOfEach({ before: cpu, after }, 1e6, divisor),
    clientCpuUs: Math.round((1e6 * handed.cpuSeconds) / divisor),
    triedAgain: handed.triedAgain,
    blocks: counts.filter((count) => count > 0).length,
    blockTransactionsMax: Math.max(0, ...counts),
  };
}

/** Until all members are as far as the one that is ahead now. */
async function caughtUp(system: LoadedSystem, signal: AbortSignal): Promise<void> {
  const height = await newestHeight(system);
  const endMs = performance.now() + CAUGHT_UP_MS_MAX;
  for (;;) {
    if ((await system.heights()).every((each) => each >= height)) return;
    if (performance.now() > endMs)
      throw new Error(`not all members have block ${height} after ${CAUGHT_UP_MS_MAX / 1_000} s`);
    await pause(HEIGHT_LOOK_MS, signal);
  }
}

async function newestHeight(system: LoadedSystem): Promise<bigint> {
  const heights = await system.heights();
  return heights.reduce((most, each) => (each > most ? each : most), 0n);
}
