import type { Metrics } from './metrics.ts';

const COUNTER = { add: () => {}, follow: () => {}, clear: () => {} };
const GAUGE = { set: () => {}, clear: () => {} };
const HISTOGRAM = { observe: () => {} };

/** Metrics of a service that nobody scrapes: no value is kept, and the functions of `onScrape` are never called. */
export const absentMetrics: Metrics = {
  counter: () => COUNTER,
  gauge: () => GAUGE,
  histogram: () => HISTOGRAM,
  onScrape: () => {},
};
