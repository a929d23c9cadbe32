import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { PING_INTERVAL_MS, PING_RETRY_MS } from './core/limits.ts';
import { keepAlive } from './keep-alive.ts';
import type { PeerConnection } from './ports.ts';

/** A connection whose pings end as told, in order; later ones succeed. */
function connectionOf(outcomes: readonly ('ok' | 'miss')[]) {
  const left = [...outcomes];
  const state = { pings: 0, close: (): void => {} };
  const connection: Pick<PeerConnection, 'ping' | 'onClosed'> = {
    ping: async () => {
      state.pings += 1;
      if (left.shift() === 'miss') throw new Error('no answer');
      return 123;
    },
    onClosed: (listener) => {
      state.close = listener;
    },
  };
  return { state, connection: connection as PeerConnection };
}

async function pass(context: TestContext, ms: number): Promise<void> {
  context.mock.timers.tick(ms);
  for (let count = 0; count < 5; count++) await Promise.resolve();
}

describe('keep-alive', () => {
  test('pings at once, then every interval, and tells the round trip', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { state, connection } = connectionOf([]);
    const roundTrips: number[] = [];
    keepAlive(connection, { onRoundTrip: (each) => roundTrips.push(each), onDead: assert.fail });
    await pass(context, 0);
    await pass(context, PING_INTERVAL_MS - 1);
    assert.equal(state.pings, 1);
    await pass(context, 1);
    assert.deepEqual(roundTrips, [123, 123]);
  });

  test('P2P-15 gives a connection up after three misses in a row, and asks sooner after the first', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { connection } = connectionOf(['miss', 'miss', 'miss']);
    let dead = 0;
    keepAlive(connection, { onRoundTrip: () => {}, onDead: () => (dead += 1) });
    await pass(context, 0);
    await pass(context, PING_RETRY_MS);
    assert.equal(dead, 0);
    await pass(context, PING_RETRY_MS);
    assert.equal(dead, 1);
    await pass(context, PING_INTERVAL_MS);
    assert.equal(dead, 1);
  });

  test('forgives misses that are not in a row', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { state, connection } = connectionOf(['miss', 'miss', 'ok', 'miss', 'miss', 'ok']);
    keepAlive(connection, { onRoundTrip: () => {}, onDead: assert.fail });
    for (let count = 0; count < 20; count++) await pass(context, PING_RETRY_MS);
    await pass(context, PING_INTERVAL_MS);
    assert.ok(state.pings >= 6);
  });

  test('stops when the connection closes', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { state, connection } = connectionOf([]);
    keepAlive(connection, { onRoundTrip: () => {}, onDead: assert.fail });
    await pass(context, 0);
    state.close();
    await pass(context, 10 * PING_INTERVAL_MS);
    assert.equal(state.pings, 1);
  });
});
