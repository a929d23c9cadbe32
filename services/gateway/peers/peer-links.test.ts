import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { FakeConnection } from '#test/support/gateway/fake-connection.ts';
import { FakeStream } from '#test/support/gateway/fake-stream.ts';
import { BACKOFF_BASE_MS } from '../core/connection-limits.ts';
import { FAULTS_MAX } from '../core/limits.ts';
import { PeerFrames } from '../frames/peer-frames.ts';
import { encodeFrame } from '../frames/rules/framing.ts';
import { encodeHello } from '../frames/rules/hello.ts';
import { PeerLinks } from './peer-links.ts';

const TAG = new Uint8Array(8).fill(1);
const CROSSING_MS = 1_000;

const made: PeerLinks[] = [];

afterEach(() => {
  for (const links of made.splice(0)) links.cut('end of the test');
});

/** The links of peer `bb` at member `aa`, the lower one. */
function linksOf() {
  const said: string[] = [];
  const frames = new PeerFrames({
    peer: 'bb',
    events: { onFrame: () => 'taken' },
    onUnsent: () => {},
    log: memoryLogger(),
    complain: (cause) => said.push(cause),
    onRoom: () => {},
  });
  const links: PeerLinks = new PeerLinks({
    peer: 'bb',
    self: 'aa',
    frames,
    chain: () => ({ tag: TAG, members: new Set(['bb']) }),
    connectionTimeoutMs: () => CROSSING_MS,
    random: () => 0,
    isBusy: () => false,
    log: memoryLogger(),
    complain: (cause) => said.push(cause),
    onAlive: () => {},
    onUse: (direction, isFirst) => said.push(`use ${direction} ${isFirst}`),
    onReadiness: () => {},
    onOffence: () => said.push('offence'),
    onLost: (reason) => said.push(`lost: ${reason}`),
  });
  made.push(links);
  return { links, said };
}

const outbound = (id: string, openedAtMs: number, isDead = false) =>
  new FakeConnection({ id, peer: 'bb', direction: 'outbound', openedAtMs, isDead });
const inbound = (id: string, openedAtMs: number) =>
  new FakeConnection({ id, peer: 'bb', direction: 'inbound', openedAtMs });

describe('links of one peer', () => {
  test('are ready when our stream is open and the peer has shown our chain', async () => {
    const { links } = linksOf();
    const connection = outbound('1', 0);
    links.add(connection);
    await turn();
    assert.equal(links.isReady, false);
    const stream = new FakeStream();
    links.accept(connection, 'consensus', stream);
    stream.receive(encodeFrame(encodeHello(TAG)));
    assert.equal(links.isReady, true);
    assert.deepEqual(
      connection.streams.map(({ sentBytes }) => [...sentBytes]),
      [1, 2, 3].map(() => [...encodeFrame(encodeHello(TAG))]),
    );
    stream.close();
    assert.equal(links.isReady, false);
  });

  test('open a stream again that broke, with its hello, while the connection lives', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { links } = linksOf();
    const connection = outbound('1', 0);
    links.add(connection);
    await turn();
    connection.streams[0]?.close();
    context.mock.timers.tick(BACKOFF_BASE_MS - 1);
    await turn();
    assert.equal(connection.streams.length, 3);
    context.mock.timers.tick(1);
    await turn();
    assert.deepEqual([...(connection.streams[3]?.sentBytes ?? [])], [...encodeFrame(encodeHello(TAG))]);
    connection.abort('gone');
    connection.streams[3]?.close();
    context.mock.timers.tick(60_000);
    await turn();
    assert.equal(connection.streams.length, 4);
  });

  test('open a refused stream again at once when the peer opens one to us', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { links } = linksOf();
    const connection = outbound('1', 0);
    links.add(connection);
    await turn();
    connection.streams[0]?.close();
    assert.equal(connection.streams.length, 3);
    links.accept(connection, 'consensus', new FakeStream());
    await turn();
    assert.equal(connection.streams.length, 4);
    links.accept(connection, 'consensus', new FakeStream());
    await turn();
    assert.equal(connection.streams.length, 4);
  });

  test('P2P-12 keep the one in use when it answers', async () => {
    const { links, said } = linksOf();
    const [first, second] = [outbound('1', 0), inbound('2', 5)];
    links.add(first);
    links.add(second);
    await turn();
    assert.deepEqual([first.ending, second.ending], [undefined, 'closed']);
    assert.deepEqual(said, ['use outbound true']);
  });

  test('change over to the one that the lower key dialled when both dialled at once', async () => {
    const { links, said } = linksOf();
    const [first, second] = [inbound('1', 0), outbound('2', 5)];
    links.add(first);
    links.add(second);
    await turn();
    assert.deepEqual([first.ending, second.ending], ['closed', undefined]);
    assert.deepEqual(said, ['use inbound true', 'use outbound false']);
  });

  test('change over to a newer one when the one in use is dead, as after a power cut', async () => {
    const { links, said } = linksOf();
    const [first, second] = [outbound('1', 0, true), inbound('2', 10 * CROSSING_MS)];
    links.add(first);
    links.add(second);
    await turn();
    assert.deepEqual([first.ending, second.ending], ['closed', undefined]);
    assert.deepEqual(said, ['use outbound true', 'use inbound false']);
  });

  test('never are more than two', () => {
    const { links } = linksOf();
    const third = inbound('3', 2);
    for (const each of [outbound('1', 0), inbound('2', 1), third]) links.add(each);
    assert.equal(third.ending, 'one connection per peer');
  });

  test('fall back to the other one when the one in use breaks while it is asked', async () => {
    const { links, said } = linksOf();
    const [first, second] = [outbound('1', 0), inbound('2', 5)];
    links.add(first);
    links.add(second);
    first.abort('broken');
    await turn();
    assert.equal(second.ending, undefined);
    assert.deepEqual(said, ['use outbound true', 'use inbound true']);
  });

  test('are cut after too many faults, which is an offence', async () => {
    const { links, said } = linksOf();
    const connection = outbound('1', 0);
    links.add(connection);
    for (let count = 0; count < FAULTS_MAX; count++) {
      assert.equal(connection.ending, undefined);
      const stream = new FakeStream();
      links.accept(connection, 'sync', stream);
      stream.receive(Uint8Array.of(255, 255, 255, 255));
    }
    assert.match(connection.ending ?? '', /too many faults/);
    assert.deepEqual(said.slice(-2), ['offence', 'lost: too many faults, the last: frame too large']);
  });

  test('are cut at once for another chain', () => {
    const { links, said } = linksOf();
    const connection = outbound('1', 0);
    links.add(connection);
    const stream = new FakeStream();
    links.accept(connection, 'consensus', stream);
    stream.receive(encodeFrame(encodeHello(new Uint8Array(8))));
    assert.deepEqual(said.slice(1), [
      'peer is refused: another chain',
      'offence',
      'lost: refused: another chain',
    ]);
    assert.equal(connection.ending, 'refused: another chain');
  });

  test('reset a stream of a connection that is not among them', () => {
    const { links } = linksOf();
    const stream = new FakeStream();
    links.accept(outbound('9', 0), 'consensus', stream);
    assert.equal(stream.resetReason, 'connection is not in use');
  });

  test('take no bytes on a stream that is ours to write', async () => {
    const { links, said } = linksOf();
    const connection = outbound('1', 0);
    links.add(connection);
    await turn();
    connection.streams[0]?.receive(Uint8Array.of(1));
    assert.equal(connection.streams[0]?.resetReason, 'bytes on an outgoing stream');
    assert.deepEqual(said.slice(1), ['stream is reset: bytes on an outgoing stream']);
  });
});
