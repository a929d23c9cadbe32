import type { LocalFederation } from '#services/launcher/local/local-federation.ts';
import { cpuByService, cpuOfEach, sumOf } from '../load/cpu-by-service.ts';
import { oneByOne, PAUSE_MS } from '../load/one-by-one.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { BenchFacts, DecisionCost } from './bench-report.ts';
import { commitsOf } from './federation-system.ts';
import { countsOfEach, serviceCounts } from './service-counts.ts';

/** The work of an idle federation in the same time, heartbeats and probes, is no work of the decision. */
function workOfDecision({
  commitMs,
  cpuMs,
  idleCpuPercent,
}: Pick<BenchFacts, 'commitMs' | 'idleCpuPercent'> & { readonly cpuMs: number }): number {
  const eachMs = commitMs.reduce((sum, ms) => sum + ms, 0) / commitMs.length + PAUSE_MS;
  return Math.max(0, cpuMs - (idleCpuPercent / 100) * eachMs);
}

interface EachOptions {
  readonly plan: BenchPlan;
  readonly idleCpuPercent: number;
  readonly signal: AbortSignal;
}

/** The times of single transactions, and what one of them, and the pause behind it, costs. */
export async function costOfEach(
  federation: LocalFederation,
  { plan, idleCpuPercent, signal }: EachOptions,
): Promise<{ readonly commitMs: readonly number[]; readonly decision: DecisionCost }> {
  const addresses = metricsAddressesOf(federation);
  const [counts, cpu] = [await serviceCounts(addresses), cpuByService(federation)];
  const commitMs = await oneByOne(commitsOf(federation, signal), {
    count: plan.samples,
    transactionBytes: plan.transactionBytes,
    signal,
  });
  const count = commitMs.length;
  const cpuMsByService = cpuOfEach({ before: cpu, after: cpuByService(federation) }, 1_000, count);
  const cpuMs = sumOf(cpuMsByService);
  const each = countsOfEach(counts, await serviceCounts(addresses), count);
  return {
    commitMs,
    decision: { cpuMs: workOfDecision({ commitMs, cpuMs, idleCpuPercent }), cpuMsByService, ...each },
  };
}

function metricsAddressesOf({ members }: LocalFederation): readonly string[] {
  return members.map(({ name, home: { facts } }) => {
    const { metricsAddress } = facts;
    if (metricsAddress === undefined)
      throw new Error(`${name} shows no metrics: they are needed for the counts`);
    return metricsAddress;
  });
}
