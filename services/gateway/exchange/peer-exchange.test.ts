import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { CORRELATION_ID, signedRecord } from '#test/support/gateway/exchange-speaker.ts';
import { FakeStream } from '#test/support/gateway/fake-stream.ts';
import { identityOf } from '#test/support/gateway/gateway-node.ts';
import { EXCHANGE_CODEC } from '../adapters/exchange-codec.ts';
import { recordCryptography } from '../adapters/record-cryptography.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import { PeerExchange } from './peer-exchange.ts';
import type { ExchangeNetwork, PeerStore } from './ports.ts';
import { encodeVarintFrame } from './rules/varint-frame.ts';

const INTERVAL_MS = 30_000;
const DAY_MS = 24 * 60 * 60_000;

/** Peer exchange of one gateway on a clock that only moves when told; no peer answers it. */
function exchangeOf(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = { nowMs: 1_000_000 };
  const learned: string[][] = [];
  const kept: { readonly seen: string[]; readonly removed: string[] }[] = [];
  const network: Partial<ExchangeNetwork> = {
    self: Buffer.from(identityOf('self').publicKey).toString('hex'),
    listenAddresses: () => ['/ip4/127.0.0.1/tcp/1'],
    connectionOf: () => undefined,
    isPeer: () => true,
    members: () => undefined,
    learn: (peers) => learned.push(peers.map(({ key }) => key)),
    fault: (_, text) => assert.fail(text),
    complain: (_, cause) => assert.fail(cause),
  };
  const store: PeerStore = {
    keep: async (seen, removed) => {
      kept.push({ seen: seen.map(({ publicKey }) => hex(publicKey)), removed: removed.map(hex) });
    },
  };
  const exchange = new PeerExchange({
    network: network as ExchangeNetwork,
    store,
    codec: EXCHANGE_CODEC,
    cryptography: recordCryptography(identityOf('self').secretBytes()),
    log: memoryLogger(),
    random: () => 0.5,
    nowMs: () => clock.nowMs,
    wallMs: () => 1,
  });
  exchange.setInterval(INTERVAL_MS);
  /** The clock moves on, and the next interval ends there. */
  const beatAfter = async (ms: number): Promise<void> => {
    clock.nowMs += ms;
    context.mock.timers.tick(INTERVAL_MS);
    for (let count = 0; count < 20; count++) await Promise.resolve();
  };
  const announce = async (name: string): Promise<string> => {
    const told = signedRecord(name);
    const { key } = told.record;
    const stream = new FakeStream();
    exchange.onSession(key, true);
    exchange.accept({ peer: key, peerId: name, address: '/ip4/127.0.0.1/tcp/2' } as PeerConnection, stream);
    const body = { kind: 'announcement', records: [told] } as const;
    stream.receive(encodeVarintFrame(EXCHANGE_CODEC.encode({ correlationId: CORRELATION_ID, body })));
    for (let count = 0; count < 20; count++) await Promise.resolve();
    return key;
  };
  return { exchange, announce, beatAfter, learned, kept };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

test('F-61: P2P-79 a dead peer leaves the list, the dials and the file after a day, in the first interval after it', async (context) => {
  const { exchange, announce, beatAfter, learned, kept } = exchangeOf(context);
  await exchange.start();
  const dead = await announce('dead');
  const live = await announce('live');
  const isListed = (key: string): boolean => exchange.listed().some(({ record }) => record.key === key);
  await beatAfter(INTERVAL_MS);
  assert.deepEqual(kept.at(-1), { seen: [dead, live], removed: [] });
  exchange.onSession(dead, false);
  await beatAfter(DAY_MS);
  assert.deepEqual([isListed(dead), isListed(live), learned.at(-1)], [true, true, [dead, live]]);
  await beatAfter(1);
  assert.deepEqual([isListed(dead), isListed(live)], [false, true]);
  await beatAfter(INTERVAL_MS);
  assert.deepEqual(learned.at(-1), [live]);
  assert.deepEqual(
    kept.flatMap(({ removed }) => removed),
    [dead],
  );
  await exchange.stop();
});
