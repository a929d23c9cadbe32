import { percentile, tenths } from '#services/launcher/core/percentile.ts';

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
  /** Work of cores for one of them, all services of all members together. */
  readonly commitCpuMs: number;
  readonly load: LoadFacts;
  /** Percent of one core, all processes of the federation together. */
  readonly idleCpuPercent: number;
  readonly readyMs: number;
  readonly agree: boolean;
}

/** Everything handed in as fast as it goes. */
export interface LoadFacts {
  readonly transactions: number;
  readonly transactionBytes: number;
  readonly seconds: number;
  readonly blocks: number;
  /** Transactions in the fullest block. */
  readonly blockTransactionsMax: number;
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
  readonly commitCpuMs: number;
  /** commitMsP50 / floorMs. */
  readonly ratio: number;
  readonly load: LoadFacts & { readonly transactionsPerSecond: number; readonly kibibytesPerSecond: number };
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
    commitCpuMs: tenths(facts.commitCpuMs),
    ratio: hundredths(commitMsP50 / floorMs),
    load: {
      ...load,
      seconds: hundredths(load.seconds),
      transactionsPerSecond: Math.round(perSecond),
      kibibytesPerSecond: Math.round((perSecond * load.transactionBytes) / 1024),
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
    'under load tx/s',
    'KiB/s',
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
    row.load.transactionsPerSecond,
    row.load.kibibytesPerSecond,
    `${row.load.blockTransactionsMax} × ${row.load.transactionBytes} B`,
    row.idleCpuPercent,
    row.readyMs,
  ]);
  return [head, head.map(() => '--:'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
