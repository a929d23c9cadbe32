import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { PeerExchangeMessage } from '#libs/proto/btcfed/peer/v1/peer_exchange.ts';
import { FAULTS_MAX } from '#services/gateway/core/limits.ts';
import type { StreamResult } from '#services/gateway/exchange/exchange-stream.ts';
import {
  EXCHANGE_MESSAGE_BYTES_MAX,
  REQUEST_BURST,
} from '#services/gateway/exchange/rules/exchange-limits.ts';
import type { ExchangeBody } from '#services/gateway/exchange/rules/message.ts';
import { encodeVarintFrame } from '#services/gateway/exchange/rules/varint-frame.ts';
import { CORRELATION_ID, RawSpeaker, signedRecord } from '#test/support/gateway/exchange-speaker.ts';
import {
  CHAIN_TAG,
  configurationOf,
  GatewayNode,
  type GatewayNodeOptions,
} from '#test/support/gateway/gateway-node.ts';
import { until } from '#test/support/within.ts';

const running: { stop(): Promise<void> }[] = [];
const LONG_MS = 300_000;

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function start(name: string, options?: GatewayNodeOptions): Promise<GatewayNode> {
  const node = new GatewayNode(name, options);
  running.push(node);
  return node.start();
}

async function startAll(count: number, options?: GatewayNodeOptions): Promise<GatewayNode[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => start(`x${index}`, options)));
}

async function speaker(name: string, to: GatewayNode): Promise<RawSpeaker> {
  const raw = await RawSpeaker.start(name);
  running.push(raw);
  await raw.connect(to);
  return raw;
}

const knowAll = (nodes: readonly GatewayNode[]): boolean =>
  nodes.every(({ listed }) => nodes.every(({ key }) => listed.includes(key)));

function errorOf(result: StreamResult): string {
  return result.kind === 'message' && result.message.body.kind === 'error'
    ? result.message.body.code
    : result.kind;
}

const update = (...records: ReturnType<typeof signedRecord>[]): ExchangeBody => ({ kind: 'update', records });
const request: ExchangeBody = { kind: 'request', listId: '', since: 0n };

describe('gateways that know one other each', () => {
  test('P2P-76 P2P-78 TW-2.1.2 all know all within two exchange intervals, with few messages', async () => {
    // An interval so long that a slow machine does not reach a third one.
    const nodes = await startAll(12, { exchangeIntervalMs: 2 * LONG_MS });
    nodes.forEach((node, index) => {
      const parent = nodes[Math.floor((index - 1) / 2)];
      if (parent !== undefined) node.know([parent]);
    });
    await until('everybody on every list', () => knowAll(nodes), LONG_MS);
    for (const node of nodes) {
      const { intervals, counts } = node.parts.exchange;
      assert.ok(intervals <= 2, `${intervals} intervals`);
      const sent = [...counts].filter(([name]) => name.startsWith('sent')).map(([, count]) => count);
      const total = sent.reduce((sum, count) => sum + count, 0);
      assert.ok(total < 20 * nodes.length, `${node.name} sent ${total} messages`);
    }
  });

  test('P2P-70 P2P-72 P2P-82 in a line find each other, connect, and are kept for the next start', async () => {
    const [a, b, c] = (await startAll(3)) as [GatewayNode, GatewayNode, GatewayNode];
    b.know([a]);
    c.know([b]);
    await until('a knows c', () => knowAll([a, b, c]), LONG_MS);
    await until('a and c are connected', () => a.connectionsTo(c) === 1 && c.connectionsTo(a) === 1, LONG_MS);
    assert.equal(c.parts.exchange.phase === 'discovery', false);
    await c.parts.exchange.keepNow();
    assert.deepEqual(c.kept.peers.get(a.key)?.addresses, [a.address]);
  });

  test('P2P-31 keeps a peer that it learned by itself, and after a restart dials it with no other source', async () => {
    const often = { exchangeIntervalMs: 1_000 };
    const [a, b, c] = (await startAll(3, often)) as [GatewayNode, GatewayNode, GatewayNode];
    b.know([a]);
    c.know([b]);
    await until('a is kept', () => c.kept.peers.has(a.key), LONG_MS);
    const { addresses = [] } = c.kept.peers.get(a.key) ?? {};
    await Promise.all([b.stop(), c.stop()]);
    const again = await start(c.name, often);
    assert.equal(again.connectionsTo(), 0);
    const known = configurationOf([{ peer: a, addresses }]);
    again.source.change({ ...known, peers: known.peers.map((peer) => ({ ...peer, learned: true })) });
    await until('a connection', () => again.connectionsTo(a) === 1, LONG_MS);
  });

  test('P2P-31 dials a peer that was learned in an earlier run and is in no other list', async () => {
    const [a, c] = (await startAll(2)) as [GatewayNode, GatewayNode];
    const known = configurationOf([{ peer: a, addresses: [a.address] }]);
    c.source.change({ ...known, peers: known.peers.map((peer) => ({ ...peer, learned: true })) });
    await until('a connection', () => c.connectionsTo(a) === 1, LONG_MS);
  });

  test('TW-2.1.6: know the new address of one that moved within two exchange intervals', async () => {
    // An interval so long that a slow machine does not reach a third one.
    const nodes = await startAll(4, { exchangeIntervalMs: 2 * LONG_MS });
    const [first, ...others] = nodes as [GatewayNode, ...GatewayNode[]];
    for (const each of others) each.know([first]);
    const moving = await start('moving', { exchangeIntervalMs: 2 * LONG_MS });
    moving.know([first]);
    await until('five', () => knowAll([...nodes, moving]), LONG_MS);
    const before = moving.address;
    await moving.stop();
    const counted = nodes.map(({ parts }) => parts.exchange.intervals);
    const again = await start('moving', { exchangeIntervalMs: 2 * LONG_MS });
    again.know([first]);
    const addressAt = (node: GatewayNode): string | undefined =>
      node.parts.exchange.listed().find(({ record }) => record.key === again.key)?.record.addresses[0];
    await until('the new address', () => nodes.every((node) => addressAt(node) === again.address), LONG_MS);
    assert.notEqual(again.address, before);
    for (const [at, { parts }] of nodes.entries())
      assert.ok(parts.exchange.intervals - (counted[at] ?? 0) <= 2, `${parts.exchange.intervals}`);
  });

  test('P2P-83 agree on who is there after some came and one moved to another port', async () => {
    const [a, b] = (await startAll(2)) as [GatewayNode, GatewayNode];
    b.know([a]);
    await until('two', () => knowAll([a, b]), LONG_MS);
    const c = await start('late');
    c.know([b]);
    await until('three', () => knowAll([a, b, c]), LONG_MS);
    const before = c.address;
    await c.stop();
    const again = await start('late');
    again.know([b]);
    const addressesAt = (node: GatewayNode): string | undefined =>
      node.parts.exchange.listed().find(({ record }) => record.key === c.key)?.record.addresses[0];
    const all = [a, b, again];
    await until('the new port', () => all.every((node) => addressesAt(node) === again.address), LONG_MS);
    assert.notEqual(again.address, before);
    const listAt = (node: GatewayNode) =>
      node.parts.exchange
        .listed()
        .map(({ record: { key, addresses } }) => [key, ...addresses])
        .toSorted();
    await until(
      'equal lists',
      () => all.every((node) => isDeepStrictEqual(listAt(node), listAt(a))),
      LONG_MS,
    );
    assert.equal(listAt(a).length, 3);
  });
});

describe('the rhythm of peer exchange', () => {
  test('P2P-73 P2P-81 is that of the configuration in force, and asks for changes only', async () => {
    const [a, b] = (await startAll(2, { exchangeIntervalMs: 200 })) as [GatewayNode, GatewayNode];
    a.know([b]);
    b.know([a]);
    const answers = (): number => a.parts.exchange.counts.get('received response') ?? 0;
    await until('several intervals', () => answers() >= 4);
    assert.equal(a.parts.exchange.phase, 'maintenance');
    const entries = a.log.lines
      .filter(({ message, fields }) => message.endsWith('received') && fields['message_type'] === 'response')
      .map(({ fields }) => fields['entries']);
    // Each connection begins with the whole list, and there may be two until it is settled which one stays.
    const connections = a.log.lines.filter(({ message }) => /Connection established/.test(message)).length;
    const whole = entries.filter((count) => count !== 0).length;
    assert.ok(whole <= connections && entries.at(-1) === 0, `${connections} connections: ${entries.join()}`);

    a.source.change({ ...configurationOf([]), exchangeIntervalMs: 3_600_000 });
    const { intervals } = a.parts.exchange;
    await until('b goes on', () => b.parts.exchange.intervals > intervals + 10);
    assert.ok(a.parts.exchange.intervals <= intervals + 2);
  });

  test('P2P-92 P2P-93 has one correlation id for question and answer, in the log of both', async () => {
    const [a, b] = (await startAll(2)) as [GatewayNode, GatewayNode];
    a.know([b]);
    await until('an answer', () => (a.parts.exchange.counts.get('received response') ?? 0) > 0);
    const idsOf = (node: GatewayNode, text: string, type: string): unknown[] =>
      node.log.lines
        .filter(({ message, fields }) => message === text && fields['message_type'] === type)
        .map(({ fields }) => fields['trace_id']);
    const [asked] = idsOf(a, 'peer exchange message sent', 'request');
    assert.ok(idsOf(b, 'peer exchange message received', 'request').includes(asked));
    assert.ok(idsOf(b, 'peer exchange message sent', 'response').includes(asked));
    assert.ok(idsOf(a, 'peer exchange message received', 'response').includes(asked));
  });
});

describe('a peer that lies in peer exchange', () => {
  test('P2P-75 gets no false entry into a list, and is cut off in the end', async () => {
    const [a] = (await startAll(1)) as [GatewayNode];
    const liars: readonly (readonly [string, ExchangeBody])[] = [
      ['somebody else', { kind: 'announcement', records: [signedRecord('victim')] }],
      ['a false signature', update(signedRecord('victim', { signature: new Uint8Array(64) }))],
      ['a key that is none', update(signedRecord('victim', { key: 'ff'.repeat(32) }))],
      ['an address that is none', update(signedRecord('victim', { addresses: ['/ip4/1.2.3.4/udp/1/quic'] }))],
      ['an answer to nothing', { kind: 'error', code: 'malformed', retryAfterMs: 0 }],
    ];
    for (const [lie, body] of liars) {
      const liar = await speaker(`liar with ${lie}`, a);
      assert.ok(['malformed', 'closed'].includes(errorOf(await liar.say(body))), lie);
      await until(`the end of ${lie}`, () => !liar.isConnected);
    }
    assert.deepEqual(a.listed, [a.key]);
  });

  test('P2P-77 P2P-84 loses the stream for too much or nonsense, and nothing for another version', async () => {
    const [a] = (await startAll(1)) as [GatewayNode];
    const stranger = await speaker('stranger', a);
    const version = PeerExchangeMessage.encode({
      version: 2,
      correlationId: Buffer.from(CORRELATION_ID, 'hex'),
      body: undefined,
    }).finish();
    assert.equal(errorOf(await stranger.sayBytes(encodeVarintFrame(version))), 'unsupported');
    assert.ok(stranger.isConnected);
    const tooLong = encodeVarintFrame(new Uint8Array(EXCHANGE_MESSAGE_BYTES_MAX + 1)).subarray(0, 10);
    assert.equal((await stranger.sayBytes(tooLong)).kind, 'closed');
    await until('the end', () => !stranger.isConnected);
    const babbler = await speaker('babbler', a);
    assert.equal((await babbler.sayBytes(Uint8Array.of(3, 255, 255, 255))).kind, 'closed');
    await until('the end', () => !babbler.isConnected);
  });

  test('P2P-77 P2P-78 with hundreds of thousands of entries in one message costs honest peers nothing, and the log a line', async () => {
    const [a, b] = (await startAll(2)) as [GatewayNode, GatewayNode];
    a.know([b]);
    await until('the honest peer', () => a.connectionsTo(b) === 1 && a.listed.includes(b.key));
    const nothing = { publicKey: new Uint8Array(), addresses: [], sequence: 0n, signature: new Uint8Array() };
    const crowd = PeerExchangeMessage.encode({
      version: 1,
      correlationId: Buffer.from(CORRELATION_ID, 'hex'),
      body: {
        $case: 'update',
        value: { records: new Array(400_000).fill({ ...nothing, seenAgoMs: 0n }) },
      },
    }).finish();
    const whole = encodeVarintFrame(crowd);
    const announced = encodeVarintFrame(new Uint8Array(100_000_000)).subarray(0, 1_000);
    for (const bytes of [whole, announced, whole]) {
      const liar = await speaker('liar', a);
      await liar.sayBytes(bytes);
      await until('the end', () => !liar.isConnected);
    }
    assert.deepEqual(new Set(a.listed), new Set([a.key, b.key]));
    const told = a.log.lines.filter(({ level, message }) => level === 'warn' && /reset/.test(message));
    assert.ok(told.length <= 2, JSON.stringify(told));
    assert.equal(a.connectionsTo(b), 1);
    const newcomer = await start('newcomer');
    newcomer.know([b]);
    await until('news go on', () => a.listed.includes(newcomer.key));
  });

  test('P2P-77 and is in peers.yaml loses its patience bit by bit, and then its connection for a while', async () => {
    const [a] = (await startAll(1)) as [GatewayNode];
    a.source.change(configurationOf([{ peer: new GatewayNode('liar'), addresses: [] }]));
    await until('the list', () => a.parts.registry.views().length === 1);
    const liar = await speaker('liar', a);
    for (let said = 1; said < FAULTS_MAX; said++) {
      assert.equal((await liar.sayBytes(Uint8Array.of(3, 255, 255, 255))).kind, 'closed');
    }
    assert.ok(liar.isConnected);
    await liar.sayBytes(Uint8Array.of(3, 255, 255, 255));
    await until('the end', () => !liar.isConnected);
    const told = a.log.lines.filter(({ message }) => message.startsWith('stream is reset'));
    assert.equal(told.length, 1);
    assert.match(a.parts.registry.views()[0]?.lastError ?? '', /^too many faults/);
  });

  test('P2P-77 is refused when it asks too often, which costs it nothing else', async () => {
    const [a] = (await startAll(1)) as [GatewayNode];
    const eager = await speaker('eager', a);
    const answers: string[] = [];
    // A slow machine may ask more before it is too much: ten a minute are allowed all the time.
    while (answers.at(-1) !== 'rate-limited' && answers.length < 10 * REQUEST_BURST) {
      answers.push(errorOf(await eager.say(request)));
    }
    assert.equal(answers.at(-1), 'rate-limited');
    assert.ok(answers.length > REQUEST_BURST);
    assert.deepEqual(new Set(answers.slice(0, -1)), new Set(['message']));
    assert.ok(eager.isConnected);
  });

  test('P2P-75 is not heard when it is neither configured nor of the chain', async () => {
    const [a] = (await startAll(1)) as [GatewayNode];
    await a.parts.registry.setChain({ tag: CHAIN_TAG, members: new Set([a.key]) });
    const stranger = await speaker('stranger', a);
    assert.equal(errorOf(await stranger.say(request)), 'not-allowed');
    assert.equal(errorOf(await stranger.say(update(signedRecord('victim')))), 'not-allowed');
    assert.deepEqual(a.listed, [a.key]);
  });
});

describe('large lists', () => {
  test('P2P-74 P2P-80 of a thousand entries go in pages, each entry once, and a repetition changes nothing', async () => {
    const [a, b] = (await startAll(2)) as [GatewayNode, GatewayNode];
    const teller = await speaker('teller', a);
    const key = signedRecord('teller').record.key;
    // With a chain the entries are listed, but nobody dials them.
    for (const node of [a, b]) {
      await node.parts.registry.setChain({ tag: CHAIN_TAG, members: new Set([a.key, b.key, key]) });
    }
    const addresses = Array.from(
      { length: 10 },
      (_, index) => `/dns4/${'x'.repeat(60)}${index}.example/tcp/9000`,
    );
    const records = Array.from({ length: 1_000 }, (_, index) => signedRecord(`p${index}`, { addresses }));
    for (const from of [0, 500]) await teller.say(update(...records.slice(from, from + 500)));
    await until('a thousand', () => a.listed.length === 1_001, LONG_MS);
    const revision = a.parts.exchange.listed().at(-1)?.revision;
    await teller.say(update(...records.slice(0, 500)));
    assert.equal(a.parts.exchange.listed().at(-1)?.revision, revision);

    b.know([a]);
    await until('the whole list', () => b.listed.length === 1_002, LONG_MS);
    assert.ok((b.parts.exchange.counts.get('received response') ?? 0) >= 2);
  });
});
