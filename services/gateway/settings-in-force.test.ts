import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { GatewayConfiguration } from './ports/configuration.ts';
import { SettingsInForce, type SettingsOptions } from './settings-in-force.ts';

const FIRST: GatewayConfiguration = {
  listenAddresses: ['/old'],
  connectionTimeoutMs: 1_000,
  exchangeIntervalMs: 30_000,
  delinquentTimeoutMs: 60_000,
  peers: [],
};

/** Settings whose parts only note what reaches them. */
function settingsOf() {
  const notes: string[] = [];
  const parts = {
    network: {
      relisten: async (before: readonly string[], after: readonly string[]) => {
        notes.push(`bind ${before} > ${after}`);
        if (after.includes('/taken')) throw new Error('the port is in use');
        return { commit: () => void notes.push('close old'), rollBack: () => void notes.push('close new') };
      },
      listenAddresses: () => ['/real'],
    },
    registry: {
      apply: async ({ listenAddresses, peers }: GatewayConfiguration) => {
        notes.push(`apply ${listenAddresses}, peers ${peers.length}`);
      },
    },
    exchange: {
      setInterval: (intervalMs: number) => void notes.push(`interval ${intervalMs}`),
      onNetworkChange: () => void notes.push('tell others'),
    },
  };
  const options = {
    parts: parts as unknown as SettingsOptions['parts'],
    configuration: FIRST,
    log: memoryLogger(),
  };
  return { notes, settings: new SettingsInForce(options) };
}

const next = (change: Partial<GatewayConfiguration>): GatewayConfiguration => ({ ...FIRST, ...change });

describe('settings of a gateway', () => {
  test('P2P-57 are bound when they are prepared, and in force at the commit', async () => {
    const { settings, notes } = settingsOf();
    const prepared = await settings.prepare(next({ listenAddresses: ['/new'], exchangeIntervalMs: 5_000 }));
    assert.deepEqual(notes.splice(0), ['bind /old > /new']);
    await prepared.commit();
    assert.deepEqual(notes, ['close old', 'interval 5000', 'apply /new, peers 0', 'tell others']);
  });

  test('P2P-57 are forgotten when they are rolled back, or refused', async () => {
    const { settings, notes } = settingsOf();
    await (await settings.prepare(next({ listenAddresses: ['/new'] }))).rollBack();
    await assert.rejects(settings.prepare(next({ listenAddresses: ['/taken'] })), /in use/);
    await settings.prepare(next({ listenAddresses: ['/again'] }));
    assert.deepEqual(notes, ['bind /old > /new', 'close new', 'bind /old > /taken', 'bind /old > /again']);
  });

  test('P2P-61 other than addresses touch no socket, and nobody is told', async () => {
    const { settings, notes } = settingsOf();
    await (await settings.prepare(next({ exchangeIntervalMs: 5_000 }))).commit();
    assert.ok(!notes.includes('tell others'));
  });

  test('P2P-67 keep what a reload brought when peers come after it, and the peers when a reload is rolled back', async () => {
    const { settings, notes } = settingsOf();
    const peer = { publicKey: new Uint8Array(32), addresses: [], learned: true };
    await (await settings.prepare(next({ listenAddresses: ['/new'], exchangeIntervalMs: 5_000 }))).commit();
    notes.splice(0);
    await settings.takePeers([peer]);
    assert.deepEqual(notes.splice(0), ['interval 5000', 'apply /new, peers 1']);
    await (await settings.prepare(next({ listenAddresses: ['/third'], peers: [peer, peer] }))).rollBack();
    await settings.takePeers([]);
    assert.deepEqual(notes, ['bind /new > /third', 'close new', 'interval 5000', 'apply /new, peers 0']);
  });
});
