import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventBus, EventBusError, type Fact, type Signal } from '#libs/events/bus.ts';
import { until, within } from '#test/support/within.ts';

/** One event as a subscriber sees it. */
export interface Received {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A bus and its server under the control of the test. Network `net`, member `m1`. */
export interface BusStage {
  readonly bus: EventBus;
  /** The server comes up, and so does a subscriber to everything. */
  up(): Promise<void>;
  down(): Promise<void>;
  /** All that the subscriber got since the last `up`. */
  received(): readonly Received[];
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

const fact = (id: string): Fact => ({
  service: 'consensus',
  noun: 'block',
  event: 'committed',
  id,
  body: bytes(`block ${id}`),
  about: '7',
});

const signal: Signal = { service: 'gateway', noun: 'peer', event: 'connected', body: bytes('peer') };

/** The behaviour of every event bus, with any server behind it. */
export function eventBusContract(name: string, makeStage: () => Promise<BusStage>): void {
  describe(`event bus: ${name}`, () => {
    let stage: BusStage | undefined;
    afterEach(async () => {
      await stage?.bus.stop();
      await stage?.close();
      stage = undefined;
    });

    async function running(): Promise<BusStage> {
      stage = await makeStage();
      await stage.up();
      await stage.bus.start();
      const { bus } = stage;
      await until('connected', () => bus.connected());
      return stage;
    }

    test('brings facts and signals under their subjects, with their headers', async () => {
      const { bus, received } = await running();
      await bus.publishFact(fact('a'));
      bus.publishSignal({ ...signal, traceId: '0af7651916cd43dd8448eb211c80319c' });
      await until('two events', () => received().length === 2);
      const [first, second] = received();
      assert.equal(first?.subject, 'btcfed.net.m1.consensus.block.committed.v1');
      assert.deepEqual(Buffer.from(first?.body ?? []), Buffer.from('block a'));
      assert.equal(first?.headers['Nats-Msg-Id'], 'a');
      assert.equal(first?.headers['ce-id'], 'a');
      assert.equal(first?.headers['ce-source'], '/btcfed/net/members/m1/consensus');
      assert.equal(first?.headers['ce-type'], 'org.vtcp.btcfed.consensus.block.committed.v1');
      assert.equal(first?.headers['ce-subject'], '7');
      assert.equal(second?.subject, 'btcfed.net.m1.gateway.peer.connected.v1');
      assert.equal(second?.headers['btcfed-trace-id'], '0af7651916cd43dd8448eb211c80319c');
    });

    test('keeps the order of facts that are published without waiting', async () => {
      const { bus, received } = await running();
      const ids = Array.from({ length: 50 }, (_, i) => String(i));
      await Promise.all(ids.map((id) => bus.publishFact(fact(id))));
      await until('all facts', () => received().length === ids.length);
      assert.deepEqual(
        received().map(({ headers }) => headers['ce-id']),
        ids,
      );
    });

    test('rejects facts and drops signals while the server is away from the start', async () => {
      stage = await makeStage();
      const { bus, received } = stage;
      await bus.start();
      assert.equal(bus.connected(), false);
      bus.publishSignal(signal);
      await assert.rejects(bus.publishFact(fact('a')), EventBusError);
      await stage.up();
      await until('connected', () => bus.connected());
      await bus.publishFact(fact('a'));
      await until('the fact alone', () => received().length === 1);
    });

    test('rejects facts while the server is away, and says when it is back', async () => {
      const { bus, up, down, received } = await running();
      let told = 0;
      const stop = bus.onConnected(() => {
        told++;
      });
      await down();
      await until('away', () => !bus.connected());
      bus.publishSignal(signal);
      await assert.rejects(bus.publishFact(fact('b')), EventBusError);
      assert.equal(told, 0);
      await up();
      await until('told', () => told === 1);
      await bus.publishFact(fact('b'));
      await until('the fact alone', () => received().length === 1);
      stop();
      await down();
      await until('away again', () => !bus.connected());
      await up();
      await until('back again', () => bus.connected());
      await sleep(20);
      assert.equal(told, 1);
    });

    test('drops a signal whose name is no subject, and goes on', async () => {
      const { bus, received } = await running();
      bus.publishSignal({ ...signal, noun: 'a.b' });
      bus.publishSignal({ ...signal, noun: '*' });
      bus.publishSignal(signal);
      await until('the good one', () => received().length === 1);
    });

    test('stops while the server is away', async () => {
      stage = await makeStage();
      await stage.bus.start();
      await within('the end of the bus', stage.bus.stop());
      assert.equal(stage.bus.connected(), false);
    });

    test('sends what was published before it stops', async () => {
      const { bus, received } = await running();
      bus.publishSignal(signal);
      await bus.stop();
      await until('the last signal', () => received().length === 1);
      assert.equal(bus.connected(), false);
      await assert.rejects(bus.publishFact(fact('c')), EventBusError);
    });
  });
}
