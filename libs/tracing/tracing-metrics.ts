import type { Metrics } from '#libs/metrics/metrics.ts';

/** The spans since the start, by their fate. */
export interface SpanCounts {
  /** The collector has them. */
  readonly exported: number;
  /** Left out before they were sent: the queue was full, or more was going on than is followed. */
  readonly dropped: number;
  /** The collector was not reached, or refused them. */
  readonly failed: number;
}

/** Made in every service, so that a dashboard shows 0 rather than nothing where tracing is off. */
export function tracingMetrics(metrics: Metrics, counts: () => SpanCounts): void {
  const spans = metrics.counter('btcfed_tracing_spans_total', {
    help: 'Spans for the collector: exported, dropped because the queue was full, or failed because it did not take them.',
    labels: ['result'],
  });
  metrics.onScrape(() => {
    for (const [result, count] of Object.entries(counts())) spans.follow(count, { result });
  });
}
