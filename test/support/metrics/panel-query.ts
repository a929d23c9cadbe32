/** The window of Grafana's `$__rate_interval`, for a scrape each second. */
const RATE_INTERVAL = '15s';

/** The query of a panel, with what Grafana puts in for its variables: one chain, all members, a window of some scrapes. */
export function asPrometheusReads(query: string, chain = 'local'): string {
  return query
    .replaceAll('$chain', chain)
    .replaceAll('$member', '.+')
    .replaceAll('$__rate_interval', RATE_INTERVAL);
}
