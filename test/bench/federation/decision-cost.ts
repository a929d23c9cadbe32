import { randomBytes } from 'node:crypto';
import { pause } from '#services/launcher/adapters/pause.ts';
import type { LocalFederation } from '#services/launcher/local/local-federation.ts';
import { SilentMembers } from '#services/launcher/local/silent-members.ts';
import { commitAll } from '#services/launcher/local/submission.ts';
import { IN_FLIGHT_MAX, SILENCE_TOLD_MS, VIEWS_PER_COMMIT_MAX } from '#services/launcher/words/limits.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { BenchFacts, DecisionCost } from './bench-report.ts';
import { cpuByService, cpuOfEach, sumOf } from './cpu-by-service.ts';
import { countsOfEach, serviceCounts } from './service-counts.ts';

/** Pause between two single transactions, so that each finds a quiet federation. */
const PAUSE_MS = 100;

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
  const commitMs = await oneByOne(federation, { count: plan.samples, plan, signal });
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

interface OneByOne {
  readonly count: number;
  readonly plan: BenchPlan;
  readonly signal: AbortSignal;
}

export async function oneByOne(
  federation: LocalFederation,
  { count, plan, signal }: OneByOne,
): Promise<number[]> {
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

function submissionOptions({ members, viewTimeoutMs, held }: LocalFederation, signal: AbortSignal) {
  const deadlineMs = VIEWS_PER_COMMIT_MAX * viewTimeoutMs;
  const note = (line: string): boolean => process.stderr.write(`${line}\n`);
  const silent = new SilentMembers({ note, held, toldAfterMs: SILENCE_TOLD_MS });
  return { members, inFlight: IN_FLIGHT_MAX, deadlineMs, signal, silent };
}
