import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { GatewayNode, type GatewayNodeOptions } from '#test/support/gateway/gateway-node.ts';
import { claimPortRegion, type PortRegion } from '#test/support/network/port-region.ts';
import { takePort } from '#test/support/network/taken-port.ts';
import { until } from '#test/support/within.ts';

// Other addresses are listened on while the gateway runs.

const running: { stop(): Promise<void> }[] = [];

let region: PortRegion;
let ports = 0;
before(async () => {
  region = await claimPortRegion();
});
after(() => region.release());

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

async function start(name: string, options?: GatewayNodeOptions): Promise<GatewayNode> {
  const node = new GatewayNode(name, options);
  running.push(node);
  return node.start();
}

/** A gateway, and another that is connected with it. */
async function pair(): Promise<{ a: GatewayNode; b: GatewayNode; before: string; connection: () => string }> {
  const port = freePort();
  const before = `/ip4/127.0.0.1/tcp/${port}`;
  const [a, b] = [await start('a', { listen: [before] }), await start('b')];
  b.know([a]);
  await until('a connection', () => a.connectionsTo(b) === 1 && b.parts.registry.connectedCount === 1);
  const connection = () => a.parts.registry.peer(b.key)?.connection?.id ?? guestConnection(a, b);
  return { a, b, before, connection };
}

const guestConnection = (a: GatewayNode, b: GatewayNode): string =>
  a.parts.listener.connectionOf(b.key)?.id ?? 'none';

/** A free port from our own region: a free port of the system may be another program's by the time that it is used. */
function freePort(): number {
  ports += 1;
  return region.basePort + ports;
}

/** Whether anybody takes a TCP connection there. */
async function isOpen(address: string): Promise<boolean> {
  const [, , host = '', , port = ''] = address.split('/');
  const socket = connect({ host, port: Number(port) });
  const outcome = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return outcome;
}

describe('other listen addresses', () => {
  test('P2P-56 P2P-57 P2P-61 are listened on from the commit on, on the same connections, and told to others', async () => {
    const { a, b, before, connection } = await pair();
    const id = connection();
    const after = `/ip4/127.0.0.1/tcp/${freePort()}`;
    const prepared = await a.prepare({ listenAddresses: [after] });
    assert.deepEqual([await isOpen(before), await isOpen(after)], [true, true]);
    await prepared.commit();
    assert.deepEqual([await isOpen(before), await isOpen(after)], [false, true]);
    assert.deepEqual([connection(), a.connectionsTo(b), b.connectionsTo(a)], [id, 1, 1]);
    assert.equal(a.address, after);
    const newcomer = await start('newcomer');
    newcomer.know([a]);
    await until('a connection by the new address', () => a.connectionsTo(newcomer) === 1);
    await until('b hears of it', () => {
      const listed = b.parts.exchange.listed().find(({ record }) => record.key === a.key);
      return listed?.record.addresses.join() === after;
    });
    assert.deepEqual([connection(), a.connectionsTo(b)], [id, 1]);
  });

  test('P2P-57 P2P-63 that are taken are refused, and nothing has changed', async () => {
    const { a, b, before, connection } = await pair();
    const id = connection();
    const { port, release } = await takePort();
    running.push({ stop: async () => release() });
    const free = `/ip4/127.0.0.1/tcp/${freePort()}`;
    const taken = `/ip4/127.0.0.1/tcp/${port}`;
    await assert.rejects(a.prepare({ listenAddresses: [free, taken] }), {
      message: `network.addresses: cannot listen on ${taken}: the port is in use`,
    });
    assert.deepEqual([await isOpen(before), await isOpen(free)], [true, false]);
    assert.deepEqual([connection(), a.connectionsTo(b), a.address], [id, 1, before]);
  });

  test('P2P-63 that no TCP socket can have are refused', async () => {
    const a = await start('a');
    for (const address of [
      '/dns4/localhost/tcp/9000',
      '/ip4/203.0.113.7/tcp/9000',
      '/ip4/127.0.0.1/udp/1/quic',
    ]) {
      await assert.rejects(a.prepare({ listenAddresses: [address] }), /network\.addresses: cannot listen on/);
    }
  });

  test('P2P-57 are closed again when the reload is rolled back', async () => {
    const { a, before, connection } = await pair();
    const id = connection();
    const after = `/ip4/127.0.0.1/tcp/${freePort()}`;
    const prepared = await a.prepare({ listenAddresses: [after] });
    await prepared.rollBack();
    assert.deepEqual([await isOpen(before), await isOpen(after)], [true, false]);
    assert.deepEqual([connection(), a.address], [id, before]);
  });

  test('P2P-57 may take the port of one that goes, in both directions', async () => {
    const { a, before, connection } = await pair();
    const id = connection();
    const everywhere = before.replace('127.0.0.1', '0.0.0.0');
    await (await a.prepare({ listenAddresses: [everywhere] })).rollBack();
    assert.deepEqual([a.address, await isOpen(before)], [before, true]);
    await (await a.prepare({ listenAddresses: [everywhere] })).commit();
    assert.deepEqual([connection(), await isOpen(before)], [id, true]);
    assert.ok(a.parts.network.listenAddresses().length >= 1);
    await (await a.prepare({ listenAddresses: [before] })).commit();
    assert.deepEqual([connection(), a.address, await isOpen(before)], [id, before, true]);
  });

  test('P2P-11 are free when the gateway has stopped', async () => {
    const { a, before } = await pair();
    const after = `/ip4/127.0.0.1/tcp/${freePort()}`;
    await (await a.prepare({ listenAddresses: [after] })).commit();
    await a.stop();
    assert.deepEqual([await isOpen(before), await isOpen(after)], [false, false]);
  });
});
