import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { ConfigurationSource, GatewayConfiguration } from './ports/configuration.ts';
import { startingPoint } from './starting-point.ts';

const CONFIGURATION: GatewayConfiguration = {
  listenAddresses: ['/x'],
  connectionTimeoutMs: 1,
  exchangeIntervalMs: 1_000,
  delinquentTimeoutMs: 60_000,
  peers: [],
};

/** A source that fails `times` times before each answer. */
function sourceOf(times: number): ConfigurationSource {
  let left = times;
  return {
    address: 'unix:/there',
    identity: async () => {
      left -= 1;
      if (left >= 0) throw new Error('nobody listens');
      return new Uint8Array(64);
    },
    configuration: async () => CONFIGURATION,
    close: () => {},
  };
}

describe('configuration', () => {
  test('is waited for at start', async () => {
    const { signal } = new AbortController();
    const start = await startingPoint(sourceOf(2), { signal, log: memoryLogger() });
    assert.deepEqual(start, { privateKey: new Uint8Array(64), configuration: CONFIGURATION });
  });

  test('that never comes ends the start with one clear sentence', async () => {
    const { signal } = new AbortController();
    const waiting = startingPoint(sourceOf(1_000), { signal, log: memoryLogger(), waitMs: 20 });
    await assert.rejects(waiting, {
      message:
        'the config service at unix:/there did not answer within 0.02 s (nobody listens); start it first',
    });
  });

  test('is not waited for when the gateway stops', async () => {
    const stopping = new AbortController();
    const waiting = startingPoint(sourceOf(1_000), { signal: stopping.signal, log: memoryLogger() });
    stopping.abort();
    await assert.rejects(waiting);
  });
});
