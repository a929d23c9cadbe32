import { percentile, tenths } from '#services/launcher/core/percentile.ts';
import { sumOf } from '../load/cpu-by-service.ts';
import type { LoadFacts } from '../load/load-facts.ts';
import { CONTENDERS, type Contender, PEERS } from './contenders.ts';
import type { PeerFacts } from './measure-cometbft.ts';
import {
  MEASURES,
  type Measure,
  type PeerRun,
  ratiosOf,
  type Spread,
  type Spreads,
  spreadsOf,
} from './ratios.ts';

/** One entry of `runs` in the JSON. */
export interface PeerRow extends PeerRun {
  readonly samples: number;
  readonly load: LoadFacts;
  readonly agree: boolean;
}

export function peerRow(
  { turn, contender }: { readonly turn: number; readonly contender: Contender },
  { commitMs, load, agree }: PeerFacts,
): PeerRow {
  const measures = {
    transactionsPerSecond: Math.round(load.transactions / load.seconds),
    cpuUsPerTransaction: Math.round(sumOf(load.cpuUsByService)),
    commitMsP50: tenths(percentile(commitMs, 50) ?? 0),
    commitMsP99: tenths(percentile(commitMs, 99) ?? 0),
  };
  return { turn, contender, measures, samples: commitMs.length, load, agree };
}

/** All figures: of each run, of each contender over all turns, and ours by those of CometBFT. */
export function peerReport(rows: readonly PeerRow[]) {
  return { runs: rows, contenders: spreadsOf(rows), ratios: ratiosOf(rows) };
}

const HEADS: Readonly<Record<Measure, string>> = {
  transactionsPerSecond: 'tx/s',
  cpuUsPerTransaction: 'CPU µs a transaction',
  commitMsP50: 'commit p50 ms',
  commitMsP99: 'commit p99 ms',
};

/** The same as Markdown tables, as BENCHMARKS.md has them: median (minimum – maximum). */
export function peerTables(rows: readonly PeerRow[]): string {
  const { contenders, ratios } = peerReport(rows);
  const heads = MEASURES.map((measure) => HEADS[measure]);
  const figures = CONTENDERS.map((name) => [name, ...cellsOf(contenders[name])]);
  const against = [...PEERS, 'better' as const].map((name) => [
    name === 'better' ? 'the better setting' : name,
    ...cellsOf(ratios[name]),
  ]);
  const first = table(['', ...heads], figures);
  const second = table(['btcfed by', ...heads], against);
  return `${first}\n\n${second}`;
}

function cellsOf(spreads: Spreads): readonly string[] {
  return MEASURES.map((measure) => cellOf(spreads[measure]));
}

function cellOf({ min, median, max }: Spread): string {
  return min === max ? `${median}` : `${median} (${min} – ${max})`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '--:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
