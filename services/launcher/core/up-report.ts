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
  readonly agree: boolean;
  readonly commitMsP50: number | null;
  readonly commitMsP99: number | null;
  readonly floorMs: number;
  readonly readyMs: number;
}

export function reportOf(facts: UpFacts): UpReport {
  const { members, quorum, protocol, scheme, submitted, finalCount } = facts;
  const { height, agree, commitMs, floorMs, readyMs } = facts;
  return {
    members,
    quorum,
    protocol,
    scheme,
    submitted,
    final: finalCount,
    height: Number(height),
    agree,
    commitMsP50: tenthsOrNull(percentile(commitMs, 50)),
    commitMsP99: tenthsOrNull(percentile(commitMs, 99)),
    floorMs: tenths(floorMs),
    readyMs: Math.round(readyMs),
  };
}

/**
 * The report as lines for people.
 *
 * @param compared - Members whose chains were compared: all but those that a person holds.
 */
export function reportText(report: UpReport, compared: number = report.members): string {
  const { members, submitted, final, height, agree, commitMsP50, commitMsP99, floorMs, readyMs } = report;
  const agreeing =
    compared === members ? `all ${members} members agree` : `${compared} of ${members} members agree`;
  const verdict = agree ? agreeing : 'THE MEMBERS DO NOT AGREE';
  const times = commitMsP50 === null ? '' : `, commit p50 ${commitMsP50} ms, p99 ${commitMsP99} ms`;
  const finality =
    submitted === 0 ? 'nothing was handed in by --submit' : `${final} of ${submitted} transactions are final`;
  return `${finality}; ${verdict} up to height ${height}${times}, floor ${floorMs} ms, ready after ${readyMs} ms`;
}

function tenthsOrNull(value: number | undefined): number | null {
  return value === undefined ? null : tenths(value);
}
