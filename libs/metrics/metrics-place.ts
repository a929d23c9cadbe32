/** Where metrics are shown: at a port, or on a Unix socket that only the user of the process may connect to. */
export type MetricsPlace = { readonly host: string; readonly port: number } | { readonly path: string };

const UNIX = 'unix:';

/** The text of all metrics. */
export interface MetricsPage {
  /** @param patienceMs - How long the scraper waits for it, where it says so. */
  text(patienceMs?: number): Promise<{ readonly body: string; readonly contentType: string }>;
}

/** The place of `host:port`, `[host]:port` or `unix:/path`. */
export function metricsPlace(address: string): MetricsPlace {
  if (address.startsWith(UNIX)) return { path: address.slice(UNIX.length) };
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
}
