import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { ConfigurationSource, GatewayConfiguration } from './ports/configuration.ts';
import { followConfiguration, startingPoint } from './starting-point.ts';

const CONFIGURATION: GatewayConfiguration = {
  generation: 1n,
  listenAddresses: ['/x'],
  connectionTimeoutMs: 1,
  exchangeIntervalMs: 1_000,
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
    async *watch() {
      yield CONFIGURATION;
    },
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

  test('stays in force while its source is away, which is said once', async () => {
    const stopping = new AbortController();
    const log = memoryLogger();
    let watches = 0;
    const source: ConfigurationSource = {
      ...sourceOf(0),
      async *watch() {
        watches += 1;
        if (watches === 2 || watches === 3) throw new Error('away');
        yield CONFIGURATION;
        if (watches === 4) stopping.abort();
      },
    };
    let applied = 0;
    await followConfiguration(source, { signal: stopping.signal, log }, async () => {
      applied += 1;
    });
    assert.equal(applied, 2);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['config service is away, the last configuration stays in force', 'config service is back'],
    );
  });
});
