import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import { connectionTo } from '#libs/events/nats-connection.ts';
import { parseNatsUrl } from '#libs/events/nats-url.ts';
import { natsFiles } from '#services/launcher/adapters/nats-server.ts';
import { type NatsService, natsService } from '#services/launcher/supervisor/nats-service.ts';

/** The nats-server that `node` and `up` start, for two members of one chain, in a folder of its own. */
export class LocalEvents implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'btcfed-events-'));
  readonly #connections: NatsConnection[] = [];
  #nats: NatsService | undefined;

  async start(): Promise<void> {
    const nats = await natsService({
      path: process.env['PATH'] ?? '',
      folder: join(this.folder, 'nats'),
      members: ['m0', 'm1'].map((member) => ({ network: 'net', member })),
      report: () => {},
      interrupted: new AbortController().signal,
    });
    assert.ok(nats, 'nats-server is not on the PATH: apt-get install nats-server');
    this.#nats = nats;
    await nats.start();
  }

  get files() {
    return natsFiles(join(this.folder, 'nats'));
  }

  get nats(): NatsService {
    assert.ok(this.#nats);
    return this.#nats;
  }

  get readerUrl(): string {
    return readFileSync(this.files.reader, 'utf8').trim();
  }

  urlOf(member: number, service: 'config' | 'gateway' | 'consensus'): string {
    const url = this.nats.urls[member]?.[service];
    assert.ok(url);
    return url;
  }

  async connect(url: string): Promise<NatsConnection> {
    const connection = await connect({ ...connectionTo(parseNatsUrl(url)), reconnect: false });
    this.#connections.push(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    await this.#nats?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
