import { assert } from '#libs/assert/assert.ts';

/** Label values of one observation. Few distinct ones each: every combination is a time series for ever. */
export type Labels = Readonly<Record<string, string>>;

/** A number that only goes up. */
export interface Counter {
  add(amount?: number, labels?: Labels): void;
  /** Takes over a count that is kept elsewhere and never falls. */
  follow(total: number, labels?: Labels): void;
  /** Forgets all series, so that those of labels that are no more can end. The caller follows the others anew. */
  clear(): void;
}

/** A number that goes up and down. */
export interface Gauge {
  set(value: number, labels?: Labels): void;
  /** Forgets all series: an unknown value is not shown, where 0 would be a lie. */
  clear(): void;
}

/** How often a value fell into which range. */
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

export interface MetricOptions {
  /** One sentence for the person who reads the dashboard. */
  readonly help: string;
  /** Names of all labels that observations may have. */
  readonly labels?: readonly string[];
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, rising, in the unit of the name. */
  readonly buckets: readonly number[];
}

/**
 * Numbers for dashboards and alerts; nothing else depends on them. A name is made once:
 * `btcfed_<service>_<what>_<unit>`, and `_total` after it for counters (Prometheus' rules).
 */
export interface Metrics {
  counter(name: string, options: MetricOptions): Counter;
  gauge(name: string, options: MetricOptions): Gauge;
  histogram(name: string, options: HistogramOptions): Histogram;
  /**
   * Calls `read` before each scrape, so that values which are known anyway cost nothing while nobody asks. A scrape waits
   * for a promise no longer than `SCRAPE_READ_MS_MAX`, and then shows what was set before. A rejection is a mistake of ours.
   */
  onScrape(read: () => void | Promise<void>): void;
}

/** A scraper that asks each ten seconds waits a tenth of that at most. */
export const SCRAPE_READ_MS_MAX = 1_000;

const UNITS = ['seconds', 'bytes', 'ratio', 'height', 'view', 'weight', 'info'];
/** Counted things are their own unit. `_count` is the number of observations of a histogram, and `promtool check metrics` refuses it elsewhere. */
const THINGS = ['peers', 'members', 'transactions', 'blocks', 'rows', 'sessions', 'starts', 'signatures'];
const GAUGE_NAME = new RegExp(`^btcfed(_[a-z0-9]+)+_(${[...UNITS, ...THINGS].join('|')})$`);
const COUNTER_NAME = /^btcfed(_[a-z0-9]+)+_total$/;

/** Labels on every series of a process: which chain, which member of it, which service. Several members of one federation share hosts, and all show on loopback. */
export interface ProcessLabels {
  readonly service: string;
  /** Left out where nobody told it. */
  readonly member?: string | undefined;
  readonly chain?: string | undefined;
}

const PROCESS_LABELS: readonly string[] = ['service', 'member', 'chain'] satisfies (keyof ProcessLabels)[];

/** Ends the process on a label that would hide who shows the series. */
export function checkLabels(name: string, labels: readonly string[]): void {
  const taken = labels.find((label) => PROCESS_LABELS.includes(label));
  assert(taken === undefined, `${name} has a label ${taken}, which names the process that shows it`);
}

/** Ends the process on a name that breaks the rule: it would have to be renamed under the dashboards later. */
export function checkName(kind: 'counter' | 'gauge' | 'histogram', name: string): void {
  const rule = kind === 'counter' ? COUNTER_NAME : GAUGE_NAME;
  assert(rule.test(name), `${kind} ${name} must match ${rule.source}`);
}
