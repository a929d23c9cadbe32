import { hasNoDecision, type LatencyRow, type UndecidedRow } from '#libs/simulation/latency/latency-rows.ts';

/** A row with the host that it is for, and the time that the first view was given. */
export type ReportedRow = (LatencyRow | UndecidedRow) & {
  readonly cores: number;
  readonly viewTimeoutMs: number;
};

const HEAD = [
  'cores',
  'failed views',
  'p50 ms',
  'p99 ms',
  'of it timeouts',
  'rest p50',
  'rest p99',
  'leader sends MB',
  'busiest sends MB',
  'busiest CPU ms',
  'all CPU ms',
];

/** The rows as a table of Markdown, for BENCHMARKS.md. */
export function latencyTable(rows: readonly ReportedRow[]): string {
  const lines = rows.map((row) => [row.cores, row.failedViews, ...cellsOf(row)]);
  return [HEAD, HEAD.map(() => '--:'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(row: ReportedRow): readonly (string | number)[] {
  if (hasNoDecision(row)) {
    const { views, unsaid, largestUnsaidBytes } = row.undecided;
    const why =
      unsaid > 0
        ? `${unsaid} messages up to ${megabytes(largestUnsaidBytes)} MB are too large to send`
        : `${views} views`;
    return [`never: ${why}`, ...HEAD.slice(3).map(() => '')];
  }
  return [
    ...[row.p50Ms, row.p99Ms, row.timeoutMs, row.restP50Ms, row.restP99Ms].map(Math.round),
    ...[megabytes(row.leaderUplinkBytes), megabytes(row.busiestUplinkBytes)],
    ...[row.busiestCpuMs, row.allCpuMs].map(Math.round),
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
}
