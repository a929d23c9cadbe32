import { percentile, tenths } from './percentile.ts';

export interface UpFacts {
  readonly members: number;
  readonly quorum: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly submitted: number;
  /** Final on every member. */
  readonly finalCount: number;
  readonly height: bigint;
  /** Members whose chains were compared: all but those that a person holds. */
  readonly compared: number;
  readonly agree: boolean;
  readonly commitMs: readonly number[];
  readonly floorMs: number;
  readonly readyMs: number;
}

/** The JSON object that `up --json` ends with. Times in milliseconds; null where nothing was measured. */
export interface UpReport {
  readonly members: number;
  readonly quorum: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly submitted: number;
  readonly final: number;
  readonly height: number;
  readonly compared: number;
  /** False also when no chain could be compared. */
  readonly agree: boolean;
  readonly commitMsP50: number | null;
  readonly commitMsP99: number | null;
  readonly floorMs: number;
  readonly readyMs: number;
}

export function reportOf(facts: UpFacts): UpReport {
  const { members, quorum, protocol, scheme, submitted, finalCount } = facts;
  const { height, compared, agree, commitMs, floorMs, readyMs } = facts;
  return {
    members,
    quorum,
    protocol,
    scheme,
    submitted,
    final: finalCount,
    height: Number(height),
    compared,
    agree: agree && compared > 0,
    commitMsP50: tenthsOrNull(percentile(commitMs, 50)),
    commitMsP99: tenthsOrNull(percentile(commitMs, 99)),
    floorMs: tenths(floorMs),
    readyMs: Math.round(readyMs),
  };
}

/** The report as lines for people. */
export function reportText(report: UpReport): string {
  const { submitted, final, commitMsP50, commitMsP99, floorMs, readyMs } = report;
  const times = commitMsP50 === null ? '' : `, commit p50 ${commitMsP50} ms, p99 ${commitMsP99} ms`;
  const finality =
    submitted === 0 ? 'nothing was handed in by --submit' : `${final} of ${submitted} transactions are final`;
  return `${finality}; ${verdictOf(report)}${times}, floor ${floorMs} ms, ready after ${readyMs} ms`;
}

function verdictOf({ members, height, compared, agree }: UpReport): string {
  if (compared === 0) return 'NO CHAIN WAS COMPARED, for every member is held by request';
  const agreeing =
    compared === members ? `all ${members} members agree` : `${compared} of ${members} members agree`;
  return `${agree ? agreeing : 'THE MEMBERS DO NOT AGREE'} up to height ${height}`;
}

function tenthsOrNull(value: number | undefined): number | null {
  return value === undefined ? null : tenths(value);
}
