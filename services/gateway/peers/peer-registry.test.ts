import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { FakeConnection } from '#test/support/gateway/fake-connection.ts';
import { CIRCUIT_FAILURES_MAX } from '../core/connection-limits.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import { PeerRegistry } from './peer-registry.ts';

const STEP_MS = 50;
const keyOf = (byte: number): Buffer => Buffer.alloc(32, byte);
const [SELF, BACK, AWAY] = [keyOf(1), keyOf(2), keyOf(3)];

/** A gateway with two peers, both out of reach, on a clock that only moves when told; jitter is off. */
async function registryOf(context: TestContext) {
  let nowMs = 0;
  context.mock.timers.enable({ apis: ['setTimeout'] });
  context.mock.method(performance, 'now', () => nowMs);
  const dials: { readonly address: string; readonly atMs: number }[] = [];
  const network: Partial<PeerNetwork> = {
    publicKey: SELF,
    dial: async ({ address }) => {
      dials.push({ address, atMs: nowMs });
      throw new Error('no route to host');
    },
  };
  const registry = new PeerRegistry({
    network: network as PeerNetwork,
    resolver: { resolve: async (address) => [address], doubt: () => {}, hasAnswered: () => false },
    peerIdOf: (publicKey) => `peer ${publicKey[0]}`,
    signals: { connected: () => {}, disconnected: () => {}, connectionFailed: () => {} },
    isBusy: () => false,
    random: () => 0,
    dialHeadStartMs: 0,
    log: memoryLogger(),
    attachments: { receive: () => 'taken', peerChanged: () => {} },
    onSession: () => {},
    onPeerAdded: () => {},
  });
  const peers = [BACK, AWAY].map((publicKey) => ({
    publicKey,
    addresses: [`/${publicKey[0]}`],
    learned: false,
  }));
  const intervals = { connectionTimeoutMs: 2_000, exchangeIntervalMs: 30_000, delinquentTimeoutMs: 60_000 };
  context.after(() => registry.stop());
  await registry.apply({ listenAddresses: [], peers, ...intervals });
  const pass = async (ms: number): Promise<void> => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += STEP_MS;
      context.mock.timers.tick(STEP_MS);
      for (let count = 0; count < 20; count++) await Promise.resolve();
    }
  };
  return { registry, pass, dialsOfAway: () => dials.filter(({ address }) => address === '/3').length };
}

test('P2P-16 a peer that is back has all others dialled within seconds, also those that are seldom tried by now', async (context) => {
  const { registry, pass, dialsOfAway } = await registryOf(context);
  await pass(2_000 * CIRCUIT_FAILURES_MAX);
  const before = dialsOfAway();
  assert.ok(before > CIRCUIT_FAILURES_MAX);
  while (dialsOfAway() === before) await pass(STEP_MS);
  await pass(5_000);
  assert.equal(dialsOfAway(), before + 1, 'it is seldom tried');
  const [peer, id] = [BACK.toString('hex'), '1'];
  registry.peer(peer)?.onConnection(new FakeConnection({ id, peer, direction: 'inbound', openedAtMs: 0 }));
  await pass(3_000);
  assert.ok(dialsOfAway() > before + 1);
});

test('a list that comes after the end is not dialled', async (context) => {
  const { registry, pass, dialsOfAway } = await registryOf(context);
  await registry.stop();
  await registry.learn([{ key: keyOf(4).toString('hex'), addresses: ['/3'] }]);
  await pass(10_000);
  assert.equal(dialsOfAway(), 0);
});
