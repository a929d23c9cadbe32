import type { ProcessSample } from '#test/support/process-sample.ts';
import { type Trend, trendOf } from '#test/support/trend.ts';

export interface StressOutcome {
  readonly peers: number;
  readonly minutes: number;
  readonly connections: number;
  /** From the first dial to the first message of the protocol, ms, the longest and the middle one. */
  readonly connectMsMax: number;
  readonly connectMsP50: number;
  readonly reloads: number;
  readonly reloadMsMax: number;
  readonly reloadMsP50: number;
  readonly processes: readonly StressRow[];
  readonly faults: readonly string[];
}

export interface StressRow {
  readonly process: string;
  readonly rssMib: Trend;
  readonly handles: Trend;
  readonly sockets: Trend;
}

/** Bounds of the issue: P2P-05, and P2P-54. */
const CONNECT_MS_MAX = 3_000;
const RELOAD_MS_MAX = 2_000;

export const SAMPLE_MS = 1_000;

/** Shorter runs have no trend worth a judgement. */
const JUDGED_MS_MIN = 60_000;
const GROWTH_MAX = 1.25;
const GROWTH_MIB_MAX = 32;
/** The peers that happen to be away at one moment more or less. */
const HANDLES_MAX = 16;

/** What was measured, in the order in which it happened. */
export interface StressFacts {
  readonly peers: number;
  readonly forMs: number;
  readonly connectMs: readonly number[];
  readonly reloadMs: readonly number[];
  readonly processes: readonly StressRow[];
  readonly faults: readonly string[];
}

export function stressOutcome({ peers, forMs, processes, ...facts }: StressFacts): StressOutcome {
  const connectMs = sorted(facts.connectMs);
  const reloadMs = sorted(facts.reloadMs);
  const connectMsMax = connectMs.at(-1) ?? 0;
  const reloadMsMax = reloadMs.at(-1) ?? 0;
  return {
    peers,
    minutes: forMs / 60_000,
    connections: connectMs.length,
    connectMsMax,
    connectMsP50: connectMs[connectMs.length >> 1] ?? 0,
    reloads: reloadMs.length,
    reloadMsMax,
    reloadMsP50: reloadMs[reloadMs.length >> 1] ?? 0,
    processes,
    faults: [
      ...facts.faults,
      ...(connectMsMax > CONNECT_MS_MAX ? [`a connection took ${connectMsMax} ms`] : []),
      ...(reloadMsMax > RELOAD_MS_MAX ? [`a reload took ${reloadMsMax} ms`] : []),
      ...(forMs < JUDGED_MS_MIN ? [] : processes.flatMap(growthOf)),
    ],
  };
}

export function rowOf(process: string, samples: readonly ProcessSample[]): StressRow {
  const trend = (name: keyof ProcessSample): Trend =>
    trendOf(
      samples.map((sample) => sample[name]),
      SAMPLE_MS,
    );
  return { process, rssMib: trend('rssMib'), handles: trend('handles'), sockets: trend('sockets') };
}

function growthOf({ process, rssMib, handles }: StressRow): readonly string[] {
  const isFlat = rssMib.after < GROWTH_MAX * rssMib.before || rssMib.after - rssMib.before < GROWTH_MIB_MAX;
  return [
    ...(isFlat ? [] : [`${process} grew from ${rssMib.before} to ${rssMib.after} MiB`]),
    ...(handles.after - handles.before < HANDLES_MAX ? [] : [`${process} holds ever more files and sockets`]),
  ];
}

function sorted(values: readonly number[]): readonly number[] {
  return values.map((value) => Math.round(value)).sort((a, b) => a - b);
}
