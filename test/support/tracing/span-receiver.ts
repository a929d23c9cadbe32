import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { type ReceivedSpan, spansOfRequest } from './otlp-request.ts';

/** A collector that keeps what it is sent. */
export class SpanReceiver implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  /** While true, every request is refused. */
  isRefusing = false;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<SpanReceiver> {
    const server = createServer((request, response) => {
      void buffer(request).then((body) => {
        if (receiver.isRefusing || request.url !== '/v1/traces') return response.writeHead(400).end();
        const isZipped = request.headers['content-encoding'] === 'gzip';
        receiver.spans.push(...spansOfRequest(isZipped ? gunzipSync(body) : body));
        return response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    const receiver = new SpanReceiver(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
