import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  BEATS_PER_ROUND_TRIP,
  KEEP_ALIVE_BEAT_MS,
  SILENT_BEATS_MAX,
  SUSPICIOUS_BEATS_MAX,
} from '../core/connection-limits.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import { KeepAlive } from './keep-alive.ts';

const STEP_MS = 100;
const SILENCE_MS_MAX = SILENT_BEATS_MAX * KEEP_ALIVE_BEAT_MS;
const SUSPICION_MS_MAX = SUSPICIOUS_BEATS_MAX * KEEP_ALIVE_BEAT_MS;
const PING_INTERVAL_MS = 2 * KEEP_ALIVE_BEAT_MS;

/** A keep-alive on a clock that only moves when told, over a connection whose pings are answered while `answers`. */
function keepAliveOf(context: TestContext) {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const state = {
    nowMs: 0,
    pings: 0,
    alive: 0,
    dead: 0,
    answers: true,
    isBusy: false,
    close: (): void => {},
  };
  const roundTrips: number[] = [];
  const connection = {
    heardAtMs: 0,
    ping: async () => {
      state.pings += 1;
      if (!state.answers) await new Promise(() => {});
      return 123;
    },
    onClosed: (listener: () => void) => {
      state.close = listener;
    },
  };
  const keepAlive = new KeepAlive(connection as unknown as PeerConnection, {
    nowMs: () => state.nowMs,
    isBusy: () => state.isBusy,
    onRoundTrip: (each) => {
      roundTrips.push(each);
      connection.heardAtMs = state.nowMs;
    },
    onAlive: () => {
      state.alive += 1;
    },
    onDead: () => {
      state.dead += 1;
    },
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      state.nowMs += STEP_MS;
      context.mock.timers.tick(STEP_MS);
      for (let count = 0; count < 5; count++) await Promise.resolve();
    }
  };
  return { state, connection, roundTrips, keepAlive, pass };
}

describe('keep-alive', () => {
  test('asks at once, then a peer that is silent, and tells the round trip', async (context) => {
    const { state, roundTrips, pass } = keepAliveOf(context);
    await pass(0);
    assert.equal(state.pings, 1);
    await pass(10 * PING_INTERVAL_MS);
    assert.ok(state.pings >= 9 && state.pings <= 21, `${state.pings} pings`);
    assert.deepEqual(new Set(roundTrips), new Set([123]));
  });

  test('P2P-15 gives up a peer that says nothing, once, and long before TCP would', async (context) => {
    const { state, pass } = keepAliveOf(context);
    state.answers = false;
    await pass(SILENCE_MS_MAX - STEP_MS);
    assert.equal(state.dead, 0);
    await pass(PING_INTERVAL_MS);
    assert.equal(state.dead, 1);
    await pass(10 * SILENCE_MS_MAX);
    assert.equal(state.dead, 1);
  });

  test('P2P-15 takes whatever comes as a sign of life, so that a busy link is no dead one', async (context) => {
    const { state, connection, pass } = keepAliveOf(context);
    state.answers = false;
    for (let count = 0; count < 20; count++) {
      connection.heardAtMs = state.nowMs;
      await pass(SILENCE_MS_MAX / 2);
    }
    assert.equal(state.dead, 0);
    assert.ok(state.alive >= 20);
  });

  test('asks a peer that talks too, now and then, so that its round trip is known', async (context) => {
    const { state, connection, pass } = keepAliveOf(context);
    for (let count = 0; count < 2 * BEATS_PER_ROUND_TRIP; count++) {
      connection.heardAtMs = state.nowMs;
      await pass(KEEP_ALIVE_BEAT_MS);
    }
    assert.equal(state.pings, 3);
  });

  test('blames nobody for a time in which this process stood still, or was starved', async (context) => {
    const { state, pass } = keepAliveOf(context);
    await pass(PING_INTERVAL_MS);
    state.answers = false;
    for (let count = 0; count < 2 * SILENT_BEATS_MAX; count++) {
      state.nowMs += PING_INTERVAL_MS;
      await pass(KEEP_ALIVE_BEAT_MS);
    }
    assert.equal(state.dead, 0);
    await pass(SILENCE_MS_MAX);
    assert.equal(state.dead, 1);
  });

  test('P2P-15 has twice the patience while this machine cannot keep up, and no more', async (context) => {
    const { state, pass } = keepAliveOf(context);
    state.answers = false;
    state.isBusy = true;
    await pass(2 * SILENCE_MS_MAX - KEEP_ALIVE_BEAT_MS);
    assert.equal(state.dead, 0);
    await pass(PING_INTERVAL_MS);
    assert.equal(state.dead, 1);
  });

  test('is less patient after our own network changed, until the peer answers', async (context) => {
    const { state, keepAlive, pass } = keepAliveOf(context);
    await pass(PING_INTERVAL_MS);
    keepAlive.suspect();
    await pass(PING_INTERVAL_MS);
    state.answers = false;
    await pass(SUSPICION_MS_MAX + PING_INTERVAL_MS);
    assert.equal(state.dead, 0);

    keepAlive.suspect();
    await pass(SUSPICION_MS_MAX + PING_INTERVAL_MS / 2);
    assert.equal(state.dead, 1);
  });

  test('stops when the connection closes', async (context) => {
    const { state, pass } = keepAliveOf(context);
    state.close();
    state.answers = false;
    await pass(10 * SILENCE_MS_MAX);
    assert.deepEqual([state.pings, state.dead], [1, 0]);
  });
});
