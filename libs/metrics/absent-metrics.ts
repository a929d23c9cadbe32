import type { Metrics } from './metrics.ts';

const COUNTER = { add: () => {}, follow: () => {} };
const GAUGE = { set: () => {} };
const HISTOGRAM = { observe: () => {} };

/** Metrics of a service that nobody scrapes: nothing is kept, and what would be read at a scrape never is. */
export const absentMetrics: Metrics = {
  counter: () => COUNTER,
  gauge: () => GAUGE,
  histogram: () => HISTOGRAM,
  onScrape: () => {},
};
