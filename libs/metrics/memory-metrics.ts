import { assert } from '#libs/assert/assert.ts';
import { checkLabels, checkName, type Labels, type MetricOptions, type Metrics } from './metrics.ts';

/** Metrics that a test can read; also for programs without a scraper. */
export class MemoryMetrics implements Metrics {
  readonly #names = new Set<string>();
  readonly #reads: (() => void | Promise<void>)[] = [];
  readonly #values = new Map<string, number[]>();

  counter(name: string, options?: MetricOptions) {
    this.#register('counter', name, options);
    return {
      add: (amount = 1, labels?: Labels) => this.#keep(name, labels, [this.value(name, labels) + amount]),
      follow: (total: number, labels?: Labels) => this.#keep(name, labels, [total]),
      clear: () => this.#forget(name),
    };
  }

  gauge(name: string, options?: MetricOptions) {
    this.#register('gauge', name, options);
    return {
      set: (value: number, labels?: Labels) => this.#keep(name, labels, [value]),
      clear: () => this.#forget(name),
    };
  }

  histogram(name: string, options?: MetricOptions) {
    this.#register('histogram', name, options);
    return {
      observe: (value: number, labels?: Labels) =>
        this.#keep(name, labels, [...this.observations(name, labels), value]),
    };
  }

  onScrape(read: () => void | Promise<void>): void {
    this.#reads.push(read);
  }

  /** Does the work of a scrape: updates the values that are read only then. Those that are known are there when it returns. */
  async scrape(): Promise<void> {
    await Promise.all(this.#reads.map((read) => read()));
  }

  /** The value of a counter or gauge; 0 before its first use. */
  value(name: string, labels: Labels = {}): number {
    return this.observations(name, labels)[0] ?? 0;
  }

  /** Whether there is a series with just these labels. */
  has(name: string, labels: Labels = {}): boolean {
    return this.#values.has(series(name, labels));
  }

  /** How many series a metric has. */
  seriesOf(name: string): number {
    return this.#seriesOf(name).length;
  }

  /** All values that a histogram was given, in order. */
  observations(name: string, labels: Labels = {}): readonly number[] {
    return this.#values.get(series(name, labels)) ?? [];
  }

  #register(kind: Parameters<typeof checkName>[0], name: string, options?: MetricOptions): void {
    checkName(kind, name);
    checkLabels(name, options?.labels ?? []);
    assert(!this.#names.has(name), `metric ${name} is made twice`);
    this.#names.add(name);
  }

  #seriesOf(name: string): readonly string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(`["${name}",`));
  }

  #forget(name: string): void {
    for (const key of this.#seriesOf(name)) this.#values.delete(key);
  }

  #keep(name: string, labels: Labels | undefined, values: number[]): void {
    this.#values.set(series(name, labels ?? {}), values);
  }
}

function series(name: string, labels: Labels): string {
  return JSON.stringify([name, Object.entries(labels).sort()]);
}
