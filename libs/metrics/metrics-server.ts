import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { PromMetrics } from './prom-metrics.ts';

/** A scraper that reads or asks slower than this is dropped. */
const REQUEST_TIMEOUT_MS = 5_000;
const HEADERS_BYTES_MAX = 4_096;
const PLAIN_TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } as const;

export interface MetricsServerOptions {
  /** Loopback unless a scraper of another machine needs it: the numbers tell how a member fares. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: PromMetrics;
  /** Answers further paths, with their queries; undefined for those that there are not. */
  readonly answer?: (target: string) => PlainAnswer | undefined;
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
export function metricsServer({ host, port, metrics, answer }: MetricsServerOptions): MetricsServer {
  const server = createServer({ maxHeaderSize: HEADERS_BYTES_MAX, requestTimeout: REQUEST_TIMEOUT_MS });
  server.on('request', (request, response) => {
    const { method, url = '' } = request;
    if (method !== 'GET') return void response.writeHead(404).end();
    if (url !== '/metrics') return void tell(response, answer?.(url));
    metrics.text().then(
      ({ body, contentType }) => response.writeHead(200, { 'content-type': contentType }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  return {
    port: () => portOf(server),
    start: async () => {
      server.listen(port, host);
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

function tell(response: ServerResponse, answer: PlainAnswer = { status: 404, body: '' }): void {
  response.writeHead(answer.status, PLAIN_TEXT).end(answer.body);
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
