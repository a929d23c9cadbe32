import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import {
  configurationOf,
  GatewayNode,
  type GatewayNodeOptions,
  identityOf,
} from '#test/support/gateway/gateway-node.ts';
import { until } from '#test/support/within.ts';

/**
 * A session with go-libp2p 0.32.2, replayed. Each fact was seen with the real program on 2026-11-22: TCP, `/noise`
 * with the muxer in its extensions, `/yamux/1.0.0`, identify, ping, `na` for an unknown protocol, and one connection
 * for each peer, of which it keeps the oldest: a second one is closed after its handshake.
 */
async function goNode(name: string) {
  const held = (): readonly { remotePeer: { toString(): string } }[] => node.getConnections();
  const isHeld = (peer: { toString(): string }): boolean =>
    held().some(({ remotePeer }) => remotePeer.toString() === peer.toString());
  const node = await createLibp2p({
    privateKey: privateKeyFromRaw(identityOf(name).secretBytes()),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ enableKeepAlive: true })],
    connectionGater: { denyInboundEncryptedConnection: isHeld },
    services: { identify: identify(), ping: ping() },
  });
  stops.push(() => node.stop());
  const address =
    node
      .getMultiaddrs()[0]
      ?.toString()
      .replace(/\/p2p\/.*/, '') ?? '';
  return { node, address, connections: () => held().length };
}

/** Far above what a busy machine takes to choose a protocol. */
const SELECT_MS_MAX = 300_000;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function gateway(
  name: string,
  members: readonly string[],
  options: GatewayNodeOptions = {},
): Promise<GatewayNode> {
  const node = await new GatewayNode(name, options).start();
  stops.push(() => node.stop());
  await node.attach([node, ...members.map((member) => new GatewayNode(member))]);
  return node;
}

const listenAddress = (node: GatewayNode) => multiaddr(node.parts.network.listenAddresses()[0] ?? '');

const EXCHANGE = '/vtcp/btc-foundation/peer-exchange/v1.0.0';

describe('a session with go-libp2p 0.32', () => {
  test('P2P-01 P2P-07 has identify with every spelling of the protocol, and ping', async () => {
    const a = await gateway('a', ['go']);
    const { node } = await goNode('go');
    const connection = await node.dial(listenAddress(a));
    const spellings = ['/vtcp/btc-foundation/v1.0.0', EXCHANGE, 'vtcp/btc-foundation/v1.0.0'];
    const wanted = ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', ...spellings];
    let protocols: readonly string[] = [];
    const look = async (): Promise<void> => {
      ({ protocols } = await node.peerStore.get(connection.remotePeer));
    };
    await until('all protocols', () => {
      void look();
      return wanted.every((each) => protocols.includes(each));
    });
    assert.equal(connection.encryption, '/noise');
    assert.equal(connection.multiplexer, '/yamux/1.0.0');
    assert.ok((await node.services.ping.ping(connection.remotePeer)) >= 0);
    for (const spelling of spellings) {
      const stream = await connection.newStream(spelling, { signal: AbortSignal.timeout(SELECT_MS_MAX) });
      assert.deepEqual([stream.protocol, stream.status], [spelling, 'open']);
    }
  });

  test('P2P-07 P2P-18 answers na to an unknown protocol and stays, with many streams on one connection', async () => {
    const a = await gateway('a', ['go']);
    const { node } = await goNode('go');
    const connection = await node.dial(listenAddress(a));
    await assert.rejects(connection.newStream('/nobody/knows/1.0.0'), { name: 'UnsupportedProtocolError' });
    // js-libp2p opens one stream at a time of a protocol that it serves too, and its own may be open already;
    // go-libp2p has no such bound.
    const MANY = { maxOutboundStreams: 8 };
    const streams = await Promise.all([1, 2, 3].map(() => connection.newStream(EXCHANGE, MANY)));
    assert.deepEqual([connection.status, a.connectionsTo(), streams.length], ['open', 1, 3]);
  });

  test('P2P-12 keeps the connection that Go keeps when both dial at once, whoever has the lower key', async () => {
    for (const name of ['go', 'another go', 'third go']) {
      const a = await gateway(`a of ${name}`, [name], { dialHeadStartMs: 0 });
      const { node, address, connections } = await goNode(name);
      a.source.change(configurationOf([{ peer: new GatewayNode(name), addresses: [address] }]));
      await node.dial(listenAddress(a)).catch(() => undefined);
      await until('the peer', () => a.parts.registry.views()[0]?.state === 'connected');
      await until('one connection', () => connections() === 1 && a.connectionsTo() === 1);
      assert.ok(
        a.signals.every((signal) => !signal.startsWith('disconnected')),
        a.signals.join(),
      );
    }
  });

  test('P2P-06 is dialled by us, takes no frames and is kept', async () => {
    const a = await gateway('a', ['go']);
    const { address, connections } = await goNode('go');
    a.source.change(configurationOf([{ peer: new GatewayNode('go'), addresses: [address] }]));
    const isSaid = (): boolean =>
      a.log.lines.some(({ message }) => /does not speak the protocols/.test(message));
    await until('the note', isSaid);
    assert.deepEqual(
      [connections(), a.connectionsTo(), a.parts.registry.views()[0]?.state],
      [1, 1, 'connected'],
    );
    assert.deepEqual(
      a.log.lines.filter(({ level }) => level === 'warn' || level === 'error'),
      [],
    );
  });
});

/** Says lines of multistream-select on a bare socket, and gives the lines that come back. */
async function negotiate(
  node: GatewayNode,
  lines: readonly string[],
  answers: number,
): Promise<readonly string[]> {
  const { host, port } = hostAndPort(node.address);
  const socket = connect({ host, port });
  let got = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    got = Buffer.concat([got, bytes]);
  });
  for (const line of lines)
    socket.write(Buffer.concat([Buffer.of(line.length + 1), Buffer.from(`${line}\n`)]));
  const read = (): string[] =>
    got
      .toString('latin1')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(1));
  await until('the answers', () => read().length >= answers || socket.closed);
  socket.destroy();
  return read();
}

function hostAndPort(address: string): { host: string; port: number } {
  const [, , host = '', , port = ''] = address.split('/');
  return { host, port: Number(port) };
}

describe('the first bytes of a session', () => {
  test('P2P-01 TW-2.8.4 select /noise as Go offers it first, and refuse /tls and plain text', async () => {
    const a = await gateway('a', []);
    assert.deepEqual(await negotiate(a, [`/multistream/1.0.0`, '/noise'], 2), [
      '/multistream/1.0.0',
      '/noise',
    ]);
    for (const other of ['/tls/1.0.0', '/plaintext/2.0.0']) {
      assert.deepEqual(await negotiate(a, ['/multistream/1.0.0', other], 2), ['/multistream/1.0.0', 'na']);
    }
  });
});
