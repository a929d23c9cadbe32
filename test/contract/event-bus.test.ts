import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, type NatsConnection, nanos } from 'nats';
import type { EventBus } from '#libs/events/bus.ts';
import { FACTS_STREAM, FACTS_STREAM_SETTINGS } from '#libs/events/facts-stream.ts';
import { MemoryBus } from '#libs/events/memory-bus.ts';
import { natsBus } from '#libs/events/nats-bus.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { NatsServer } from '#test/support/programs/nats-server.ts';
import { until } from '#test/support/within.ts';
import { type BusStage, eventBusContract, type Received } from './event-bus.contract.ts';

const ORIGIN = { network: 'net', member: 'm1' };

eventBusContract('memory', async () => {
  const bus = new MemoryBus(ORIGIN);
  bus.setServerUp(false);
  return {
    bus,
    up: async () => {
      bus.published.length = 0;
      bus.setServerUp(true);
    },
    down: async () => bus.setServerUp(false),
    received: () => bus.published,
    close: async () => {},
  };
});

for (const withStore of [true, false]) {
  eventBusContract(`nats-server ${withStore ? 'with' : 'without'} JetStream`, async () => {
    const server = new NatsServer({ withStore });
    await server.choosePort();
    return new NatsStage(server);
  });
}

class NatsStage implements BusStage {
  readonly bus: EventBus;
  readonly #server: NatsServer;
  #reader: NatsConnection | undefined;
  #received: Received[] = [];

  constructor(server: NatsServer) {
    this.#server = server;
    this.bus = natsBus({ ...ORIGIN, url: server.url, log: memoryLogger() });
  }

  readonly up = async (): Promise<void> => {
    await this.#server.up();
    const events: Received[] = [];
    this.#received = events;
    this.#reader = await connect({ servers: this.#server.url });
    this.#reader.subscribe('btcfed.>', {
      callback: (_error, { subject, data, headers }) => {
        const entries = (headers?.keys() ?? []).map((name) => [name, headers?.get(name)]);
        events.push({ subject, body: data, headers: Object.fromEntries(entries) });
      },
    });
    await this.#reader.flush();
  };

  readonly down = async (): Promise<void> => {
    await this.#reader?.close();
    await this.#server.down();
  };

  readonly received = (): readonly Received[] => this.#received;

  readonly close = async (): Promise<void> => {
    await this.#reader?.close();
    await this.#server.remove();
  };
}

describe('facts in JetStream', () => {
  const server = new NatsServer({ withStore: true });
  before(() => server.up());
  after(() => server.remove());

  test('are stored once per id, outlive the server, and signals are not stored', async () => {
    const log = memoryLogger();
    const bus = natsBus({ ...ORIGIN, url: server.url, log });
    const publish = (id: string) =>
      bus.publishFact({ service: 'consensus', noun: 'block', event: 'committed', id, body: Buffer.from(id) });
    await bus.start();
    await until('the connection', () => bus.connected());
    await publish('a');
    await publish('a');
    bus.publishSignal({ service: 'consensus', noun: 'view', event: 'changed', body: Buffer.from('v') });
    await server.down();
    await until('the loss', () => !bus.connected());
    await server.up();
    await until('the connection', () => bus.connected());
    await publish('a');
    await publish('b');
    assert.equal(await storedCount(), 2);

    await withReader(async (reader) => (await reader.jetstreamManager()).streams.delete(FACTS_STREAM));
    await assert.rejects(publish('c'), { detail: { code: 'EVENT_REFUSED' } });
    await until('the connection', () => bus.connected());
    await publish('c');
    assert.equal(await storedCount(), 1);
    await bus.stop();
    assert.ok(log.lines.every(({ level }) => level !== 'error'));
  });

  test('of large blocks are stored in a stream that an older version made for small ones', async () => {
    const server = new NatsServer({ withStore: true });
    try {
      await server.up();
      const reader = await connect({ servers: server.url });
      const { streams } = await reader.jetstreamManager();
      const age = nanos(60_000);
      await streams.add({
        ...FACTS_STREAM_SETTINGS,
        max_age: age,
        duplicate_window: age,
        max_msg_size: 4_096,
      });
      const log = memoryLogger();
      const bus = natsBus({ ...ORIGIN, url: server.url, log });
      await bus.start();
      await until('the connection', () => bus.connected());
      const body = new Uint8Array(500_000);
      await bus.publishFact({ service: 'consensus', noun: 'block', event: 'committed', id: 'large', body });
      const { config, state } = await streams.info(FACTS_STREAM);
      assert.deepEqual([state.messages, config.max_age], [1, age], 'all else is as its operator made it');
      await bus.stop();
      await reader.close();
      assert.ok(log.lines.every(({ level }) => level !== 'error'));
    } finally {
      await server.remove();
    }
  });

  async function storedCount(): Promise<number> {
    const info = await withReader(async (reader) =>
      (await reader.jetstreamManager()).streams.info(FACTS_STREAM),
    );
    return info.state.messages;
  }

  async function withReader<T>(work: (reader: NatsConnection) => Promise<T>): Promise<T> {
    const reader = await connect({ servers: server.url });
    try {
      return await work(reader);
    } finally {
      await reader.close();
    }
  }
});
