import type { ProcessSample } from '#test/support/programs/process-sample.ts';
import { type Trend, trendOf } from '#test/support/trend.ts';

export interface StressOutcome {
  readonly peers: number;
  readonly minutes: number;
  readonly connections: number;
  /** Time from the first dial to the first message of the protocol, ms: the median and the longest. */
  readonly connectMsP50: number;
  readonly connectMsP100: number;
  readonly reloads: number;
  readonly reloadMsP50: number;
  readonly reloadMsP100: number;
  readonly processes: readonly StressRow[];
  readonly faults: readonly string[];
}

export interface StressRow {
  readonly process: string;
  readonly rssMib: Trend;
  readonly handles: Trend;
  readonly sockets: Trend;
  /** The same peers are connected, and nothing else happens: before the run, and after it. */
  readonly atRest: { readonly before: HeldAtRest; readonly after: HeldAtRest };
}

export type HeldAtRest = Pick<ProcessSample, 'handles' | 'sockets'>;

/** Bounds of the issue: P2P-05, and P2P-55. */
export const CONNECT_MS_MAX = 3_000;
export const RELOAD_MS_MAX = 2_000;

export const SAMPLE_MS = 1_000;

/** The allowed growth of memory from the second quarter of the run to the last: the larger of the two counts. */
const GROWTH_MAX = 1.25;
const GROWTH_MIB_MAX = 32;
/** In a run of seconds the heap is still warming up in the last quarter. */
const SHORT_MS = 60_000;
const SHORT_GROWTH_MIB_MAX = 64;
/** The peers that happen to be away at one moment more or less. */
const HANDLES_MAX = 16;

/** The measurements, in the order in which they were made. */
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
  const connectMsP100 = connectMs.at(-1) ?? 0;
  const reloadMsP100 = reloadMs.at(-1) ?? 0;
  const growthMibMax = forMs < SHORT_MS ? SHORT_GROWTH_MIB_MAX : GROWTH_MIB_MAX;
  return {
    peers,
    minutes: forMs / 60_000,
    connections: connectMs.length,
    connectMsP50: connectMs[connectMs.length >> 1] ?? 0,
    connectMsP100,
    reloads: reloadMs.length,
    reloadMsP50: reloadMs[reloadMs.length >> 1] ?? 0,
    reloadMsP100,
    processes,
    faults: [
      ...facts.faults,
      ...(connectMs.length === 0 ? ['nobody connected'] : []),
      ...(reloadMs.length === 0 ? ['nothing was reloaded'] : []),
      ...(connectMsP100 > CONNECT_MS_MAX ? [`a connection took ${connectMsP100} ms`] : []),
      ...(reloadMsP100 > RELOAD_MS_MAX ? [`a reload took ${reloadMsP100} ms`] : []),
      ...processes.flatMap((row) => growthOf(row, growthMibMax)),
    ],
  };
}

export function rowOf(
  process: string,
  samples: readonly ProcessSample[],
  atRest: StressRow['atRest'],
): StressRow {
  const trend = (name: keyof ProcessSample): Trend =>
    trendOf(
      samples.map((sample) => sample[name]),
      SAMPLE_MS,
    );
  return { process, rssMib: trend('rssMib'), handles: trend('handles'), sockets: trend('sockets'), atRest };
}

/** Memory and handles that grow while the run goes on, and handles that are still there when it is over. */
function growthOf({ process, rssMib, handles, atRest }: StressRow, growthMibMax: number): readonly string[] {
  const isFlat = rssMib.after < GROWTH_MAX * rssMib.before || rssMib.after - rssMib.before < growthMibMax;
  const { before, after } = atRest;
  const hasLeak = after.handles > before.handles || after.sockets > before.sockets;
  return [
    ...(isFlat ? [] : [`${process} grew from ${rssMib.before} to ${rssMib.after} MiB`]),
    ...(handles.after - handles.before < HANDLES_MAX ? [] : [`${process} holds ever more files and sockets`]),
    ...(hasLeak
      ? [`${process} kept handles: ${JSON.stringify(before)} became ${JSON.stringify(after)}`]
      : []),
  ];
}

function sorted(values: readonly number[]): readonly number[] {
  return values.map((value) => Math.round(value)).sort((a, b) => a - b);
}
