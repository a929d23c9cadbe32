import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBus } from '#libs/events/memory-bus.ts';
import { ConfigurationChanged } from '#libs/proto/btcfed/event/v1/event.ts';
import { busEvents } from './bus-events.ts';

test('P2P-44 publishes a change as a signal with its generation', async () => {
  const bus = new MemoryBus({ network: 'local', member: 'm1' });
  await bus.start();
  busEvents(bus).configurationChanged(7n);
  const [event] = bus.published;
  assert.equal(event?.kind, 'signal');
  assert.equal(event?.subject, 'btcfed.local.m1.config.configuration.changed.v1');
  assert.equal(ConfigurationChanged.decode(event?.body ?? new Uint8Array()).generation, 7n);
});

test('drops a change while the server is away', async () => {
  const bus = new MemoryBus();
  busEvents(bus).configurationChanged(7n);
  assert.deepEqual(bus.published, []);
});
