import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { MetricsPage, MetricsPlace } from './metrics-place.ts';

/** A scraper that reads or asks slower than this is dropped. */
const REQUEST_TIMEOUT_MS = 5_000;
const HEADERS_BYTES_MAX = 4_096;
/** Some scrapers, probes and people at once; one more is not served. */
const CONNECTIONS_MAX = 32;
/** A Unix socket is for the user of the process alone. */
const UMASK_OWNER = 0o177;
/** Prometheus says how long it waits for the page, in seconds. */
const PATIENCE_HEADER = 'x-prometheus-scrape-timeout-seconds';
const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } as const;

export interface MetricsServerOptions {
  /** Loopback, or a Unix socket, unless a scraper of another machine needs it: the numbers tell how a member fares. Port 0 takes a free one. */
  readonly at: MetricsPlace;
  readonly metrics: MetricsPage;
  /** Answers further paths, with their queries; undefined for those that there are not. */
  readonly answer?: (target: string) => PlainAnswer | undefined | Promise<PlainAnswer | undefined>;
}

/** An answer in plain text. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
}

/** Started once, stopped once. */
export interface MetricsServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The port that it listens on. */
  port(): number;
}

/** Serves `GET /metrics` and the paths of `answer` over HTTP, and nothing else. */
export function metricsServer({ at, metrics, answer }: MetricsServerOptions): MetricsServer {
  const server = createServer({ maxHeaderSize: HEADERS_BYTES_MAX, requestTimeout: REQUEST_TIMEOUT_MS });
  server.maxConnections = CONNECTIONS_MAX;
  server.on('request', (request, response) => {
    const { method, url = '' } = request;
    if (method !== 'GET') return void response.writeHead(404).end();
    const refuse = (): void => void response.writeHead(500).end();
    if (url !== '/metrics')
      return void Promise.resolve(answer?.(url)).then((told) => tell(response, told), refuse);
    metrics
      .text(patienceMsOf(request))
      .then(({ body, contentType }) => response.writeHead(200, { 'content-type': contentType }).end(body))
      .catch(refuse);
  });
  return {
    port: () => portOf(server),
    start: async () => {
      listen(server, at);
      await once(server, 'listening');
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A socket is made within `listen`, so it never has another mode; that of a process that was killed is still there. */
function listen(server: Server, at: MetricsPlace): void {
  if ('port' in at) return void server.listen(at.port, at.host);
  rmSync(at.path, { force: true });
  const before = process.umask(UMASK_OWNER);
  try {
    server.listen(at.path);
  } finally {
    process.umask(before);
  }
}

function patienceMsOf({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers[PATIENCE_HEADER]);
  return seconds > 0 ? seconds * 1_000 : undefined;
}

function tell(response: ServerResponse, answer: PlainAnswer = { status: 404, body: '' }): void {
  response.writeHead(answer.status, PLAIN_TEXT).end(answer.body);
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
