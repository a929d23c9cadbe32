/** The choices of a person at the top of the dashboard. */
const CHOSEN = ['chain="$chain"', 'member=~"$member"'];

/** The series of a metric, of the chain and the members that are chosen. */
export function chosen(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[...CHOSEN, ...matchers].join(',')}}`;
}

/** How fast a counter grows, over at least four scrapes. */
export function perSecond(counter: string, ...matchers: readonly string[]): string {
  return `rate(${chosen(counter, ...matchers)}[$__rate_interval])`;
}

/** The value that 95 of 100 observations do not exceed. */
export function mostOf(histogram: string, ...by: readonly string[]): string {
  return `histogram_quantile(0.95, sum by (${['le', ...by].join(', ')}) (${perSecond(`${histogram}_bucket`)}))`;
}
