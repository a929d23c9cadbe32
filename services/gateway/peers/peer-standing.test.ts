import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { prng } from '#libs/random/prng.ts';
import { FakeConnection } from '#test/support/gateway/fake-connection.ts';
import { FakeStream } from '#test/support/gateway/fake-stream.ts';
import { SEND_QUEUE_BOUND } from '../core/limits.ts';
import { encodeFrame } from '../frames/rules/framing.ts';
import { encodeHello } from '../frames/rules/hello.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import { PeerRegistry } from './peer-registry.ts';
import type { PeerView } from './peer-view.ts';
import { shortKey } from './rules/short-key.ts';

const STEP_MS = 50;
/** Shorter than conf.yaml allows, so that a connection that is silent still stands when it is over. */
const DELINQUENT_MS = 2_000;
const TAG = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const VOTE = Uint8Array.of(1);

const keyOf = (byte: number): Buffer => Buffer.alloc(32, byte);
const hexOf = (byte: number): string => keyOf(byte).toString('hex');
const [SELF, NEAR, FAR] = [1, 2, 3];

/** A gateway that knows peers that it cannot dial, on a clock that only moves when told. */
async function gatewayOf(context: TestContext, numbers: readonly number[] = [NEAR, FAR]) {
  let nowMs = 0;
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  context.mock.method(performance, 'now', () => nowMs);
  const random = prng(1);
  const told: string[] = [];
  const network: Partial<PeerNetwork> = {
    publicKey: keyOf(SELF),
    dial: async () => {
      throw new Error('no route to host');
    },
  };
  const registry = new PeerRegistry({
    network: network as PeerNetwork,
    resolver: { resolve: async (address) => [address], doubt: () => {}, hasAnswered: () => false },
    peerIdOf: (publicKey) => `peer ${publicKey[0]}`,
    signals: { connected: () => {}, disconnected: () => {}, connectionFailed: () => {} },
    isBusy: () => false,
    random: () => random.next(),
    dialHeadStartMs: 0,
    log: memoryLogger(),
    attachments: { receive: () => 'taken', peerChanged: (key, up) => told.push(`${key.slice(0, 2)} ${up}`) },
    onSession: () => {},
    onPeerAdded: () => {},
  });
  context.after(() => registry.stop());
  const configure = (delinquentTimeoutMs: number): Promise<void> =>
    registry.apply({
      listenAddresses: [],
      connectionTimeoutMs: 2_000,
      exchangeIntervalMs: 30_000,
      delinquentTimeoutMs,
      peers: numbers.map((each) => ({ publicKey: keyOf(each), addresses: [`/${each}`], learned: false })),
    });
  await configure(DELINQUENT_MS);
  /** @param heard - The peer on this connection says something all the time. */
  const pass = async (ms: number, heard?: FakeConnection): Promise<void> => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += STEP_MS;
      if (heard !== undefined) heard.heardAtMs = nowMs;
      context.mock.timers.tick(STEP_MS);
      for (let count = 0; count < 20; count++) await Promise.resolve();
    }
  };
  const view = (each: number): PeerView => {
    const found = registry.views().find(({ key }) => key === hexOf(each));
    return found ?? assert.fail(`no peer ${each}`);
  };
  /** The peer connects by itself, and frames can be sent to it. */
  const meet = async (each: number) => {
    const peer = registry.peer(hexOf(each)) ?? assert.fail(`no peer ${each}`);
    const connection = new FakeConnection({
      ...{ id: `${each} at ${nowMs}`, peer: hexOf(each), direction: 'inbound', openedAtMs: nowMs },
    });
    connection.heardAtMs = nowMs;
    peer.onConnection(connection);
    await pass(STEP_MS, connection);
    const stream = new FakeStream();
    peer.onStream(connection, 'consensus', stream);
    stream.receive(encodeFrame(encodeHello(TAG)));
    return connection;
  };
  const join = (members: readonly number[] = numbers): Promise<void> =>
    registry.setChain({ tag: TAG, members: new Set(members.map(hexOf)) });
  return { registry, told, configure, pass, view, meet, join };
}

describe('a peer that does not answer', () => {
  test('TW-2.1.3: is delinquent after the time of the setting, and one that answers is not', async (context) => {
    const { pass, view, meet } = await gatewayOf(context);
    await pass(DELINQUENT_MS);
    assert.deepEqual(
      [view(NEAR), view(FAR)].map(({ isDelinquent }) => isDelinquent),
      [false, false],
    );
    await pass(STEP_MS);
    assert.deepEqual(
      [view(NEAR), view(FAR)].map(({ isDelinquent }) => isDelinquent),
      [true, true],
    );
    const connection = await meet(NEAR);
    await pass(5 * DELINQUENT_MS, connection);
    assert.deepEqual(
      [view(NEAR), view(FAR)].map(({ isDelinquent }) => isDelinquent),
      [false, true],
    );
    assert.ok(view(NEAR).silentMs <= 1_000 && view(FAR).silentMs > 5 * DELINQUENT_MS);
  });

  test('TW-2.1.3: is delinquent too on a connection that stands while pings stay without an answer, and nobody else is told', async (context) => {
    const { registry, told, pass, view, meet, join } = await gatewayOf(context);
    await join();
    const connection = await meet(NEAR);
    assert.deepEqual(told, ['02 true']);
    await pass(1_000, connection);
    await pass(DELINQUENT_MS + 500);
    assert.deepEqual([view(NEAR).state, view(NEAR).isDelinquent], ['connected', true]);
    assert.deepEqual([told, registry.readyKeys], [['02 true'], [hexOf(NEAR)]]);
    await pass(500, connection);
    assert.deepEqual([view(NEAR).state, view(NEAR).isDelinquent], ['connected', false]);
  });

  test('TW-2.1.3: is judged by the newest setting, from its reload on', async (context) => {
    const { configure, pass, view } = await gatewayOf(context);
    await pass(2 * DELINQUENT_MS);
    assert.equal(view(FAR).isDelinquent, true);
    await configure(3 * DELINQUENT_MS);
    assert.equal(view(FAR).isDelinquent, false);
    await pass(DELINQUENT_MS + STEP_MS);
    assert.equal(view(FAR).isDelinquent, true);
  });
});

describe('a frame that cannot be sent', () => {
  const counts = ({ unsentFrames, unsentSinceHeard }: PeerView) => [unsentFrames, unsentSinceHeard];

  test('TW-2.2.5: raises the counter of its receiver, and of a frame for all that of each member that is away', async (context) => {
    const { registry, view, meet, join } = await gatewayOf(context, [NEAR, FAR, 4]);
    await join([NEAR, FAR]);
    await meet(NEAR);
    registry.send([hexOf(FAR)], 'consensus', VOTE);
    registry.send([], 'consensus', VOTE);
    assert.deepEqual(
      [NEAR, FAR, 4].map((each) => counts(view(each))),
      [
        [0, 0],
        [2, 2],
        [0, 0],
      ],
    );
    registry.send([hexOf(4)], 'sync', VOTE);
    registry.send([hexOf(5), hexOf(NEAR)], 'consensus', VOTE);
    assert.deepEqual(
      [NEAR, FAR, 4].map((each) => counts(view(each))),
      [
        [0, 0],
        [2, 2],
        [1, 1],
      ],
    );
    assert.equal(registry.dropped, 4, 'the frame for a key that no peer has too');
  });

  test('TW-2.2.5: counts what waited for a peer that read too slowly, and what waited when it went away', async (context) => {
    const { registry, pass, view, meet, join } = await gatewayOf(context);
    await join();
    const connection = await meet(NEAR);
    for (const stream of connection.streams) stream.room = 0;
    const { framesMax } = SEND_QUEUE_BOUND.consensus;
    const more = 7;
    for (let count = 0; count < framesMax + more; count++) registry.send([hexOf(NEAR)], 'consensus', VOTE);
    assert.deepEqual(counts(view(NEAR)), [more, more]);
    await pass(500, connection);
    assert.deepEqual(counts(view(NEAR)), [more, 0], 'it is slow, and answers');
    connection.abort('gone');
    assert.deepEqual(counts(view(NEAR)), [framesMax + more, framesMax]);
    assert.equal(registry.dropped, framesMax + more);
  });

  test('TW-2.2.9: is in no row any more once the peer is back, and stays in the total', async (context) => {
    const { registry, pass, view, meet, join } = await gatewayOf(context);
    await join();
    await pass(2 * DELINQUENT_MS);
    for (let count = 0; count < 16; count++) registry.send([], 'consensus', VOTE);
    assert.deepEqual([counts(view(NEAR)), view(NEAR).isDelinquent], [[16, 16], true]);
    await meet(NEAR);
    assert.deepEqual([counts(view(NEAR)), view(NEAR).isDelinquent], [[16, 0], false]);
    assert.deepEqual([counts(view(FAR)), view(FAR).isDelinquent], [[16, 16], true]);
  });
});

test('F-44: the bytes of a member are counted both ways, under its name, over all its connections', async (context) => {
  const { registry, view, meet, join } = await gatewayOf(context);
  await join([NEAR]);
  const traffic = ({ member, receivedBytes, sentBytes, queuedBytes }: PeerView) => [
    member,
    receivedBytes,
    sentBytes,
    queuedBytes,
  ];
  assert.deepEqual(traffic(view(FAR)), [undefined, 0, 0, 0], 'it has no part in the chain');
  const hello = encodeFrame(encodeHello(TAG)).length;
  const vote = encodeFrame(VOTE).length;
  const first = await meet(NEAR);
  assert.deepEqual(traffic(view(NEAR)), [shortKey(hexOf(NEAR)), hello, 0, 0]);
  registry.send([hexOf(NEAR)], 'consensus', VOTE);
  for (const stream of first.streams) stream.room = 0;
  registry.send([hexOf(NEAR)], 'consensus', VOTE);
  assert.deepEqual(traffic(view(NEAR)).slice(1), [hello, vote, VOTE.length]);
  first.abort('gone');
  await registry.setChain({
    ...{ tag: TAG, members: new Set([hexOf(NEAR)]), names: new Map([[hexOf(NEAR), 'bob']]) },
  });
  await meet(NEAR);
  registry.send([hexOf(NEAR)], 'consensus', VOTE);
  assert.deepEqual(traffic(view(NEAR)), ['bob', 2 * hello, 2 * vote, 0]);
});

test('TW-2.2.5: a frame for all is for a member that came later too, and for none that left', async (context) => {
  const { registry, view, join } = await gatewayOf(context, [NEAR]);
  await join([NEAR]);
  registry.send([], 'consensus', VOTE);
  await join([NEAR, FAR]);
  registry.send([], 'consensus', VOTE);
  assert.deepEqual([view(NEAR).unsentFrames, view(FAR).unsentFrames, registry.dropped], [2, 1, 3]);
  await join([NEAR]);
  registry.send([], 'consensus', VOTE);
  assert.deepEqual([view(NEAR).unsentFrames, registry.peer(hexOf(FAR)), registry.dropped], [3, undefined, 4]);
});

test('TW-2.1.8: a frame for all goes to the same peers in another order after 100 of them', async (context) => {
  const numbers = [2, 3, 4, 5, 6, 7, 8];
  const { registry, join } = await gatewayOf(context, numbers);
  await join();
  let walk: number[] = [];
  for (const each of numbers) {
    const peer = registry.peer(hexOf(each)) ?? assert.fail(`no peer ${each}`);
    context.mock.method(peer, 'send', () => walk.push(each));
  }
  const walks = Array.from({ length: 101 }, () => {
    walk = [];
    registry.send([], 'consensus', VOTE);
    return walk;
  });
  assert.deepEqual(walks[99], walks[0]);
  assert.notDeepEqual(walks[100], walks[0]);
  assert.deepEqual(walks[100]?.toSorted(), numbers);
  assert.deepEqual(walks[0]?.toSorted(), numbers);
});

test('a vote that waits for a peer does not hold the large message that it came in', async (context) => {
  const { registry, meet, join } = await gatewayOf(context);
  await join();
  const { streams } = await meet(NEAR);
  const handedOn: Uint8Array[] = [];
  for (const stream of streams) {
    stream.send = (...pieces) => {
      handedOn.push(...pieces);
      return true;
    };
  }
  const vote = new Uint8Array(4_194_304).subarray(100, 17_508);
  registry.send([hexOf(NEAR)], 'consensus', vote);
  const [, payload] = handedOn;
  assert.deepEqual([payload?.length, payload?.buffer.byteLength], [vote.length, vote.length]);
});
