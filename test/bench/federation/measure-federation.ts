import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { pause } from '#services/launcher/adapters/pause.ts';
import { measureSignatureCost } from '#services/launcher/adapters/signature-cost.ts';
import { commitFloorMs } from '#services/launcher/core/floor.ts';
import { compareChains } from '#services/launcher/local/agreement.ts';
import type { LocalFederation } from '#services/launcher/local/local-federation.ts';
import { CATCH_UP_MS } from '#services/launcher/words/limits.ts';
import { cpuByService, sumOf } from '../load/cpu-by-service.ts';
import { handIn, underLoad } from '../load/load-run.ts';
import { oneByOne } from '../load/one-by-one.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { BenchFacts } from './bench-report.ts';
import { costOfEach } from './decision-cost.ts';
import { commitsOf, federationSystem } from './federation-system.ts';

export interface MeasureOptions {
  readonly plan: BenchPlan;
  /** Time from nothing to all members connected, in milliseconds. */
  readonly readyMs: number;
  readonly signal: AbortSignal;
}

const COST = { samplesMin: 5, budgetMs: 1_000 } as const;

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
  const { transactionBytes } = plan;
  await oneByOne(commitsOf(federation, signal), { count: plan.warmUps, transactionBytes, signal });
  const { commitMs, decision } = await costOfEach(federation, { plan, idleCpuPercent, signal });
  const system = federationSystem(federation);
  await handIn(system, { ...plan, amount: { kind: 'transactions', count: plan.loadWarmUp }, signal });
  const load = await underLoad(system, { ...plan, amount: plan.load, signal });
  const { agree } = await compareChains(members, CATCH_UP_MS);
  const floorMs = commitFloorMs({ ...cost, votes, members: members.length, cores: availableParallelism() });
  return {
    ...cost,
    members: members.length,
    quorum,
    protocol,
    scheme,
    commitMs,
    decision,
    floorMs,
    load,
    idleCpuPercent,
    readyMs,
    agree,
  };
}

async function idleCpu(
  federation: LocalFederation,
  { idleMs }: BenchPlan,
  signal: AbortSignal,
): Promise<number> {
  const startMs = performance.now();
  const startS = sumOf(cpuByService(federation));
  await pause(idleMs, signal);
  return (100 * (sumOf(cpuByService(federation)) - startS)) / ((performance.now() - startMs) / 1000);
}
