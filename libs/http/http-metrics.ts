import type { Metrics } from '#libs/metrics/metrics.ts';

/** The figures of the HTTP servers of one process. */
export interface HttpMetrics {
  /** @param route - A route that the server has, or `other`: a caller chooses no label. */
  ended(route: string, status: number): void;
}

export function httpMetrics(metrics: Metrics): HttpMetrics {
  const requests = metrics.counter('btcfed_http_requests_total', {
    help: 'HTTP requests that were answered, by their status.',
    labels: ['route', 'status'],
  });
  return { ended: (route, status) => requests.add(1, { route, status: String(status) }) };
}
