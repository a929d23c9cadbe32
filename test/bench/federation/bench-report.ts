import { percentile, tenths } from '#services/launcher/core/percentile.ts';
import { type CpuByService, sumOf } from '../load/cpu-by-service.ts';
import type { LoadFacts } from '../load/load-facts.ts';
import type { ServiceCounts } from './service-counts.ts';

/** The measurements of one federation. Times are in milliseconds. */
export interface BenchFacts {
  readonly members: number;
  readonly quorum: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly signMs: number;
  readonly verifyMs: number;
  readonly floorMs: number;
  /** One transaction at a time. */
  readonly commitMs: readonly number[];
  /** The cost of one of them to the federation. */
  readonly decision: DecisionCost;
  readonly load: LoadFacts;
  /** Percent of one core, all processes of the federation together. */
  readonly idleCpuPercent: number;
  readonly readyMs: number;
  readonly agree: boolean;
}

/** All services of all members together, for one transaction alone. */
export interface DecisionCost extends ServiceCounts {
  /** Work of cores in milliseconds, without that of the idle federation in the same time. */
  readonly cpuMs: number;
  /** The same by kind of service, idle work included. */
  readonly cpuMsByService: CpuByService;
}

/** One entry of `federations` in the JSON of `bench --json`. */
export interface BenchRow {
  readonly members: number;
  readonly quorum: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly signMs: number;
  readonly verifyMs: number;
  readonly floorMs: number;
  readonly samples: number;
  readonly commitMsP50: number;
  readonly commitMsP99: number;
  readonly decision: DecisionCost;
  /** commitMsP50 / floorMs. */
  readonly ratio: number;
  readonly load: LoadFacts & {
    readonly transactionsPerSecond: number;
    readonly kibibytesPerSecond: number;
    /** All processes of the federation, that of the events included, the client apart. */
    readonly cpuUsPerTransaction: number;
  };
  readonly idleCpuPercent: number;
  readonly readyMs: number;
  readonly agree: boolean;
}

export function benchRow(facts: BenchFacts): BenchRow {
  const { commitMs, floorMs, load } = facts;
  const commitMsP50 = percentile(commitMs, 50) ?? 0;
  const perSecond = load.transactions / load.seconds;
  return {
    members: facts.members,
    quorum: facts.quorum,
    protocol: facts.protocol,
    scheme: facts.scheme,
    signMs: hundredths(facts.signMs),
    verifyMs: hundredths(facts.verifyMs),
    floorMs: tenths(floorMs),
    samples: commitMs.length,
    commitMsP50: tenths(commitMsP50),
    commitMsP99: tenths(percentile(commitMs, 99) ?? 0),
    decision: { ...facts.decision, cpuMs: tenths(facts.decision.cpuMs) },
    ratio: hundredths(commitMsP50 / floorMs),
    load: {
      ...load,
      seconds: hundredths(load.seconds),
      transactionsPerSecond: Math.round(perSecond),
      kibibytesPerSecond: Math.round((perSecond * load.transactionBytes) / 1024),
      cpuUsPerTransaction: Math.round(sumOf(load.cpuUsByService)),
    },
    idleCpuPercent: tenths(facts.idleCpuPercent),
    readyMs: Math.round(facts.readyMs),
    agree: facts.agree,
  };
}

/** The rows as the Markdown table of BENCHMARKS.md. */
export function benchTable(rows: readonly BenchRow[]): string {
  const head = [
    'protocol',
    'members',
    'sign / verify ms',
    'floor ms',
    'commit p50 ms',
    'commit p99 ms',
    'ratio',
    'CPU ms',
    'verifications',
    'syncs',
    'under load tx/s',
    'CPU µs a transaction',
    'fullest block',
    'idle CPU %',
    'ready ms',
  ];
  const lines = rows.map((row) => [
    row.protocol,
    `${row.members} (quorum ${row.quorum})`,
    `${row.signMs} / ${row.verifyMs}`,
    row.floorMs,
    row.commitMsP50,
    row.commitMsP99,
    row.ratio,
    row.decision.cpuMs,
    row.decision.verifications,
    row.decision.syncs,
    row.load.transactionsPerSecond,
    row.load.cpuUsPerTransaction,
    `${row.load.blockTransactionsMax} × ${row.load.transactionBytes} B`,
    row.idleCpuPercent,
    row.readyMs,
  ]);
  return [head, head.map(() => '--:'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
