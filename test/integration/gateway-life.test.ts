import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { Libp2pNetwork } from '#services/gateway/adapters/libp2p-network.ts';
import { FLAP_BURST } from '#services/gateway/core/connection-limits.ts';
import {
  configurationOf,
  GatewayNode,
  type GatewayNodeOptions,
  identityOf,
} from '#test/support/gateway/gateway-node.ts';
import { OPEN_DOOR } from '#test/support/gateway/open-door.ts';
import { until } from '#test/support/within.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function start(name: string, options?: GatewayNodeOptions): Promise<GatewayNode> {
  const node = new GatewayNode(name, options);
  running.push(node);
  return node.start();
}

/** A libp2p node without any rule of ours. */
async function client(name: string): Promise<Libp2pNetwork> {
  const network = await Libp2pNetwork.create({
    privateKey: identityOf(name).secretBytes(),
    listenAddresses: [],
    log: memoryLogger(),
  });
  running.push(network);
  await network.start({ onConnection: () => {}, onStream: () => {}, ...OPEN_DOOR });
  return network;
}

const dial = (from: Libp2pNetwork, to: GatewayNode, address = to.address): Promise<void> =>
  from.dial({ address, peerId: to.parts.network.peerId, signal: AbortSignal.timeout(120_000) });

const said = (node: GatewayNode, text: string): boolean =>
  node.log.lines.some(({ message }) => message === text);

describe('the life of a gateway', () => {
  test('P2P-11 P2P-24 starts once, stops once, and closes every connection', async () => {
    const [a, b] = [await start('a'), await start('b')];
    a.know([b]);
    await until('a connection', () => b.connectionsTo(a) === 1);
    await assert.rejects(a.start(), { detail: { code: 'GATEWAY_STARTED' } });
    await Promise.all([a.stop(), a.stop()]);
    await until('b has none', () => b.connectionsTo(a) === 0);
    await a.stop();
    assert.equal(a.log.lines.filter(({ message }) => message === 'Shutdown complete').length, 1);
  });

  test('P2P-26 P2P-09 P2P-91 says when the first peer is there, and tells each change once', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const { peerId } = b.parts.network;
    a.source.change(configurationOf([{ peer: b, addresses: ['/ip4/127.0.0.1/tcp/1'] }]));
    await until('a failure', () => a.signals.includes(`failed ${peerId}`));
    a.know([b]);
    await until('a connection', () => a.signals.includes(`connected ${peerId}`));
    assert.deepEqual(a.signals, [`failed ${peerId}`, `connected ${peerId}`]);
    assert.ok(said(a, 'Node started successfully'));
  });

  test('P2P-19 has room for fifty clients at once, none of which is refused', async () => {
    const hub = await start('hub');
    const clients = await Promise.all(Array.from({ length: 50 }, (_, index) => client(`client ${index}`)));
    const known = clients.map((_, index) => ({ peer: new GatewayNode(`client ${index}`), addresses: [] }));
    hub.source.change(configurationOf(known));
    await until('the list', () => hub.parts.registry.views().length === 50);
    await Promise.all(clients.map((each) => dial(each, hub)));
    await until('fifty', () => hub.parts.registry.connectedCount === 50);
    const trips = clients.map((each) => each.openConnections()[0]?.ping());
    assert.ok((await Promise.all(trips)).every((trip) => (trip ?? 0) > 0));
  });

  test('P2P-22 keeps one connection and its senses when a peer connects a hundred times', async () => {
    const hub = await start('hub');
    const peer = new GatewayNode('flapper');
    hub.source.change(configurationOf([{ peer, addresses: [] }]));
    const flapper = await client('flapper');
    for (let round = 0; round < 100; round++) {
      await dial(flapper, hub).catch(() => undefined);
      for (const connection of flapper.openConnections()) connection.abort('flap');
    }
    assert.ok(hub.signals.length <= 4 * FLAP_BURST + 200);
    await until('a connection again', async () => {
      await dial(flapper, hub).catch(() => undefined);
      return hub.connectionsTo(peer) === 1;
    });
    assert.equal(hub.parts.registry.views()[0]?.state, 'connected');
    assert.ok(hub.parts.registry.complaints.has('peer connects too often, it is refused for a moment'));
  });
});

describe('addresses of peers', () => {
  test('P2P-03 are dialled in both families at once', async (context) => {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    if (!addresses.some(({ family }) => family === 'IPv6')) return context.skip('this machine has no IPv6');
    const hub = await start('hub', { listen: ['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0'] });
    for (const address of hub.parts.network.listenAddresses()) {
      await dial(await client(`client of ${address}`), hub, address.replace(/\/p2p\/.*/, ''));
    }
    await until('both', () => hub.connectionsTo() === 2);
  });

  test('P2P-04 P2P-13 may be names, which are looked up again until the name service answers', async () => {
    const b = await start('b');
    const { port = '' } = /tcp\/(?<port>\d+)/.exec(b.address)?.groups ?? {};
    let isAway = true;
    const a = await start('a', {
      lookUp: async () => {
        if (isAway) throw new Error('EAI_AGAIN');
        return ['127.0.0.1'];
      },
    });
    a.source.change(configurationOf([{ peer: b, addresses: [`/dns4/b.example/tcp/${port}`] }]));
    await until('a failure', () =>
      a.parts.registry.views().some(({ lastError }) => /EAI_AGAIN/.test(lastError)),
    );
    isAway = false;
    await until('a connection', () => a.connectionsTo(b) === 1);
    assert.equal(a.parts.registry.views()[0]?.addresses[0], `/dns4/b.example/tcp/${port}`);
  });

  test('P2P-10 lead to streams whose handler may fail, which costs the stream alone', async () => {
    const hub = await start('hub');
    const guest = await client('guest');
    await dial(guest, hub);
    const { protocols } = hub.parts.listener;
    protocols.unregister('exchange');
    protocols.register('exchange', () => {
      throw new Error('broken handler');
    });
    const [connection] = guest.openConnections();
    assert.ok(connection);
    const stream = await connection.openStream('exchange', AbortSignal.timeout(120_000));
    await new Promise<void>((resolve) => stream.onClosed(resolve));
    assert.ok(said(hub, 'Error handling stream for protocol'));
    assert.ok((await connection.ping()) > 0);
  });
});
