import { percentile } from '#services/launcher/core/percentile.ts';
import { type Contender, PEERS, type Peer } from './contenders.ts';

/** The figures of one run that are compared. */
export interface Measures {
  readonly transactionsPerSecond: number;
  /** Of all server processes; the client apart. */
  readonly cpuUsPerTransaction: number;
  /** One transaction at a time. */
  readonly commitMsP50: number;
  readonly commitMsP99: number;
}
export type Measure = keyof Measures;

export interface PeerRun {
  /** From 1 on. */
  readonly turn: number;
  readonly contender: Contender;
  readonly measures: Measures;
}

/** Over all turns; the median is one of them. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}
export type Spreads = Readonly<Record<Measure, Spread>>;

/** Of these measures more is better; of all others less. */
const MORE_IS_BETTER: Readonly<Record<Measure, boolean>> = {
  transactionsPerSecond: true,
  cpuUsPerTransaction: false,
  commitMsP50: false,
  commitMsP99: false,
};
export const MEASURES: readonly Measure[] = [
  'transactionsPerSecond',
  'cpuUsPerTransaction',
  'commitMsP50',
  'commitMsP99',
];

/** The figures of each contender over all turns. */
export function spreadsOf(runs: readonly PeerRun[]): Readonly<Record<Contender, Spreads>> {
  const of = (contender: Contender): Spreads => {
    const own = runs.filter((run) => run.contender === contender);
    return byMeasure((measure) => spreadOf(own.map(({ measures }) => measures[measure])));
  };
  return byContender(of);
}

/**
 * Our figure by that of CometBFT in the same turn, for each setting, and for the setting that is the better one in that measure
 * and turn. @throws Error when a turn lacks a contender, or a figure is nothing to divide by.
 */
export function ratiosOf(runs: readonly PeerRun[]): Readonly<Record<Peer | 'better', Spreads>> {
  const turns = [...new Set(runs.map(({ turn }) => turn))].map((turn) => figuresOf(runs, turn));
  const against = (rival: (figures: Figures, measure: Measure) => number): Spreads =>
    byMeasure((measure) =>
      spreadOf(turns.map((figures) => figures.btcfed[measure] / rival(figures, measure))),
    );
  return {
    'cometbft-default': against((figures, measure) => figures['cometbft-default'][measure]),
    'cometbft-gossip-5ms': against((figures, measure) => figures['cometbft-gossip-5ms'][measure]),
    better: against((figures, measure) => {
      const best = MORE_IS_BETTER[measure] ? Math.max : Math.min;
      return best(...PEERS.map((peer) => figures[peer][measure]));
    }),
  };
}

type Figures = Readonly<Record<Contender, Measures>>;

function figuresOf(runs: readonly PeerRun[], turn: number): Figures {
  const of = (contender: Contender): Measures => {
    const run = runs.find((each) => each.turn === turn && each.contender === contender);
    if (run === undefined) throw new Error(`turn ${turn} has no run of ${contender}`);
    for (const measure of MEASURES)
      if (!(run.measures[measure] > 0))
        throw new Error(`turn ${turn}, ${contender}: ${measure} is ${run.measures[measure]}`);
    return run.measures;
  };
  return byContender(of);
}

function byContender<Value>(of: (contender: Contender) => Value): Readonly<Record<Contender, Value>> {
  return {
    btcfed: of('btcfed'),
    'cometbft-default': of('cometbft-default'),
    'cometbft-gossip-5ms': of('cometbft-gossip-5ms'),
  };
}

function byMeasure(spread: (measure: Measure) => Spread): Spreads {
  return {
    transactionsPerSecond: spread('transactionsPerSecond'),
    cpuUsPerTransaction: spread('cpuUsPerTransaction'),
    commitMsP50: spread('commitMsP50'),
    commitMsP99: spread('commitMsP99'),
  };
}

function spreadOf(values: readonly number[]): Spread {
  const median = percentile(values, 50);
  if (median === undefined) throw new Error('a spread of no runs');
  const rounded = (value: number): number => Math.round(100 * value) / 100;
  return { min: rounded(Math.min(...values)), median: rounded(median), max: rounded(Math.max(...values)) };
}
