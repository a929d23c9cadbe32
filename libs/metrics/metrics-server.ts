import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { PromMetrics } from './prom-metrics.ts';

/** A scraper that reads or asks slower than this is dropped. */
const REQUEST_TIMEOUT_MS = 5_000;
const HEADERS_BYTES_MAX = 4_096;

export interface MetricsServerOptions {
  /** Loopback unless a scraper of another machine needs it: the numbers tell how a member fares. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: PromMetrics;
}

/** Started once, stopped once. */
export interface MetricsServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The port that it listens on. */
  port(): number;
}

/** Serves `GET /metrics` over HTTP, and nothing else. */
export function metricsServer({ host, port, metrics }: MetricsServerOptions): MetricsServer {
  const server = createServer({ maxHeaderSize: HEADERS_BYTES_MAX, requestTimeout: REQUEST_TIMEOUT_MS });
  server.on('request', (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
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

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
