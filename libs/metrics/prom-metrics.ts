import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  checkLabels,
  checkName,
  type HistogramOptions,
  type Labels,
  type MetricOptions,
  type Metrics,
  type ProcessLabels,
  SCRAPE_READ_MS_MAX,
} from './metrics.ts';

/** Sums that end in _total and are no counters, which `promtool check metrics` refuses. The series that they sum up stay. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Metrics in the text format of Prometheus, with those of the Node process (memory, event loop, garbage). */
export class PromMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #reads: (() => void | Promise<void>)[] = [];

  readonly #readMsMax: number;

  /**
   * @param labels - On every series.
   * @param readMsMax - How long a scrape waits for what is read at it.
   * @param isOfProcess - Whether those of the Node process are with them; not where one process shows several pages.
   */
  constructor(labels: ProcessLabels, readMsMax = SCRAPE_READ_MS_MAX, isOfProcess = true) {
    this.#readMsMax = readMsMax;
    const known = Object.entries(labels).filter(([, value]) => value !== undefined);
    this.#registry.setDefaultLabels(Object.fromEntries(known));
    if (!isOfProcess) return;
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
  }

  counter(name: string, options: MetricOptions) {
    checkName('counter', name);
    const counter = new Counter(this.#configuration(name, options));
    const followed = new Map<string, number>();
    return {
      add: (amount = 1, labels: Labels = {}) => counter.inc(labels, amount),
      follow: (total: number, labels: Labels = {}) => {
        const series = JSON.stringify(labels);
        counter.inc(labels, Math.max(0, total - (followed.get(series) ?? 0)));
        followed.set(series, total);
      },
      clear: () => {
        counter.reset();
        followed.clear();
      },
    };
  }

  gauge(name: string, options: MetricOptions) {
    checkName('gauge', name);
    const gauge = new Gauge(this.#configuration(name, options));
    return {
      set: (value: number, labels: Labels = {}) => gauge.set(labels, value),
      clear: () => gauge.reset(),
    };
  }

  histogram(name: string, { buckets, ...options }: HistogramOptions) {
    checkName('histogram', name);
    const histogram = new Histogram({ ...this.#configuration(name, options), buckets: [...buckets] });
    return { observe: (value: number, labels: Labels = {}) => histogram.observe(labels, value) };
  }

  onScrape(read: () => void | Promise<void>): void {
    this.#reads.push(read);
  }

  /** All metrics as a scrape gets them, with the content type to send. */
  async text(): Promise<{ readonly body: string; readonly contentType: string }> {
    await this.#read();
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  async #read(): Promise<void> {
    const done = new AbortController();
    const late = sleep(this.#readMsMax, undefined, { ref: false, signal: done.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#reads.map((read) => read())), late]);
    done.abort();
  }

  #configuration(name: string, { help, labels = [] }: MetricOptions) {
    checkLabels(name, labels);
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}
