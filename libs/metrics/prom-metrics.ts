import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  checkLabels,
  checkName,
  type HistogramOptions,
  type Labels,
  type MetricOptions,
  type Metrics,
  type ProcessLabels,
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
  readonly #reads: (() => void)[] = [];

  /** @param labels - On every series. */
  constructor(labels: ProcessLabels) {
    const known = Object.entries(labels).filter(([, value]) => value !== undefined);
    this.#registry.setDefaultLabels(Object.fromEntries(known));
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
    };
  }

  gauge(name: string, options: MetricOptions) {
    checkName('gauge', name);
    const gauge = new Gauge(this.#configuration(name, options));
    return { set: (value: number, labels: Labels = {}) => gauge.set(labels, value) };
  }

  histogram(name: string, { buckets, ...options }: HistogramOptions) {
    checkName('histogram', name);
    const histogram = new Histogram({ ...this.#configuration(name, options), buckets: [...buckets] });
    return { observe: (value: number, labels: Labels = {}) => histogram.observe(labels, value) };
  }

  onScrape(read: () => void): void {
    this.#reads.push(read);
  }

  /** All metrics as a scrape gets them, with the content type to send. */
  async text(): Promise<{ readonly body: string; readonly contentType: string }> {
    for (const read of this.#reads) read();
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #configuration(name: string, { help, labels = [] }: MetricOptions) {
    checkLabels(name, labels);
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}
