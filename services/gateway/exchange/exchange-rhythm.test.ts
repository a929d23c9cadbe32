import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { prng } from '#libs/random/prng.ts';
import { EXCHANGE_CODEC } from '../adapters/exchange-codec.ts';
import { INTERVAL_JITTER } from '../core/exchange/exchange-limits.ts';
import { PeerExchange } from './peer-exchange.ts';
import type { ExchangeNetwork, RecordCryptography } from './ports.ts';

const INTERVAL_MS = 30_000;
const STEP_MS = 100;

/** Peer exchange of one gateway that has no peers yet. */
function exchangeOf(name: string): PeerExchange {
  const random = prng(name);
  const network: Partial<ExchangeNetwork> = { self: name, listenAddresses: () => [] };
  const cryptography: Partial<RecordCryptography> = { newId: () => '00'.repeat(16) };
  return new PeerExchange({
    network: network as ExchangeNetwork,
    cryptography: cryptography as RecordCryptography,
    store: { keep: async () => {} },
    codec: EXCHANGE_CODEC,
    log: memoryLogger(),
    random: () => random.next(),
    nowMs: () => 0,
    wallMs: () => 0,
  });
}

test('P2P-78 twenty that start together ask at moments of their own, none of them far from the interval', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const all = Array.from({ length: 20 }, (_, index) => exchangeOf(`gateway ${index}`));
  for (const each of all) each.setInterval(INTERVAL_MS);
  const firstAtMs = new Map<PeerExchange, number>();
  for (let nowMs = STEP_MS; nowMs <= 2 * INTERVAL_MS; nowMs += STEP_MS) {
    context.mock.timers.tick(STEP_MS);
    for (const each of all) if (each.intervals > 0 && !firstAtMs.has(each)) firstAtMs.set(each, nowMs);
  }
  const moments = [...firstAtMs.values()].map((ms) => ms / INTERVAL_MS);
  assert.equal(moments.length, all.length);
  assert.ok(moments.every((moment) => Math.abs(moment - 1) <= INTERVAL_JITTER + STEP_MS / INTERVAL_MS));
  assert.ok(Math.max(...moments) - Math.min(...moments) > 0.2, 'spread over a fifth of the interval');
  assert.ok(new Set(moments).size > all.length / 2);
  await Promise.all(all.map((each) => each.stop()));
});
