import type { DecisionCost, NoDecision } from './decision-cost.ts';
import type { LatencySetting } from './latency-setting.ts';
import { ModelledFederation } from './modelled-federation.ts';

/** Decisions after so many failed views, in milliseconds, bytes and milliseconds of cores. */
export interface LatencyRow {
  readonly failedViews: number;
  readonly decisions: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The waits for silent leaders; the rest is what the decision took beside them. */
  readonly timeoutMs: number;
  readonly restP50Ms: number;
  readonly restP99Ms: number;
  readonly leaderUplinkBytes: number;
  readonly busiestUplinkBytes: number;
  readonly busiestCpuMs: number;
  readonly allCpuMs: number;
  readonly allBytes: number;
  readonly messages: number;
}

/** Decisions that never came. */
export interface UndecidedRow {
  readonly failedViews: number;
  readonly undecided: NoDecision;
}

/**
 * Some decisions after failed views of a new federation. The first one is not counted: the members meet in it. Each is led
 * by the next leader of the schedule.
 */
export function latencyRow(
  setting: LatencySetting,
  failedViews: number,
  decisions: number,
): LatencyRow | UndecidedRow {
  const federation = new ModelledFederation(setting);
  const meeting = federation.decide(0);
  if (!isDecided(meeting)) return { failedViews, undecided: meeting };
  const costs: DecisionCost[] = [];
  for (let at = 0; at < decisions; at++) {
    const cost = federation.decide(failedViews);
    if (!isDecided(cost)) return { failedViews, undecided: cost };
    costs.push(cost);
  }
  return rowOf(failedViews, costs);
}

function isDecided(cost: DecisionCost | NoDecision): cost is DecisionCost {
  return 'latenciesMs' in cost;
}

export function hasNoDecision(row: LatencyRow | UndecidedRow): row is UndecidedRow {
  return 'undecided' in row;
}

function rowOf(failedViews: number, costs: readonly DecisionCost[]): LatencyRow {
  const latencies = costs.flatMap(({ latenciesMs }) => latenciesMs);
  const rests = costs.flatMap(({ latenciesMs, timeoutMs }) => latenciesMs.map((each) => each - timeoutMs));
  const median = (of: (cost: DecisionCost) => number): number => quantile(costs.map(of), 0.5);
  return {
    failedViews,
    decisions: costs.length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    timeoutMs: median(({ timeoutMs }) => timeoutMs),
    restP50Ms: quantile(rests, 0.5),
    restP99Ms: quantile(rests, 0.99),
    leaderUplinkBytes: median(({ sentBytes, leader }) => sentBytes[leader] ?? 0),
    busiestUplinkBytes: median(({ sentBytes }) => Math.max(...sentBytes)),
    busiestCpuMs: median(({ cpuMs }) => Math.max(...cpuMs)),
    allCpuMs: median(({ cpuMs }) => sumOf(cpuMs)),
    allBytes: median(({ sentBytes }) => sumOf(sentBytes)),
    messages: median(({ messages }) => messages),
  };
}

/** The smallest value that this share of all does not exceed: always one of them. */
function quantile(values: readonly number[], share: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? 0;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
