import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { concatBytes, equalBytes } from '#libs/bytes/bytes.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { identityOf } from '#test/support/gateway/gateway-node.ts';
import { OPEN_DOOR } from '#test/support/gateway/open-door.ts';
import { until } from '#test/support/within.ts';
import type { ByteStream } from '../ports/peer-network.ts';
import { Libp2pNetwork } from './libp2p-network.ts';

/** Messages of Noise below and above the size from which Node's cipher is used, and of the largest size. */
const SIZES = [1, 15, 16, 1_100, 1_200, 1_300, 16_384, 65_000, 65_507, 200_000];
const DIAL_MS = 60_000;

test('bytes of all sizes arrive as they were sent, over real connections', async (t) => {
  const got: Uint8Array[] = [];
  const { stream } = await linked(t, (bytes) => got.push(bytes));
  const sent = SIZES.map((size, mark) => Uint8Array.from({ length: size }, (_, at) => (at * 7 + mark) % 256));
  for (const each of sent) {
    await until('room', () => !stream.isFull);
    stream.send(each);
  }
  const all = concatBytes(sent);
  await until('all bytes', () => got.reduce((sum, { length }) => sum + length, 0) >= all.length);
  assert.ok(equalBytes(concatBytes(got), all));
});

test('one changed bit ends the connection, and nothing of the message is read', async (t) => {
  for (const size of [200, 50_000]) {
    const got: Uint8Array[] = [];
    const { stream, changeNext, connections } = await linked(t, (bytes) => got.push(bytes));
    stream.send(Uint8Array.of(1));
    await until('the first byte', () => got.length === 1);
    changeNext();
    stream.send(new Uint8Array(size));
    await until('the end of the connection', () => connections() === 0);
    assert.equal(got.length, 1, `${size} bytes`);
  }
});

/** Two hosts of libp2p, the second behind a wire on which a bit can be changed; the first has a stream to it. */
async function linked(t: TestContext, onBytes: (bytes: Uint8Array) => void) {
  const far = await host(t, 'far', (stream) => stream.onBytes(onBytes));
  const near = await host(t, 'near', () => {});
  const port = Number(/\/tcp\/(\d+)/.exec(far.listenAddresses()[0] ?? '')?.[1]);
  const wire = await changingWire(t, port);
  const address = `/ip4/127.0.0.1/tcp/${wire.port}`;
  await near.dial({ address, peerId: far.peerId, signal: AbortSignal.timeout(DIAL_MS) });
  const [connection] = near.openConnections();
  assert.ok(connection);
  const stream = await connection.openStream('consensus', AbortSignal.timeout(DIAL_MS));
  return { stream, changeNext: wire.changeNext, connections: () => far.openConnections().length };
}

async function host(t: TestContext, name: string, onStream: (stream: ByteStream) => void) {
  const network = await Libp2pNetwork.create({
    privateKey: identityOf(name).secretBytes(),
    listenAddresses: ['/ip4/127.0.0.1/tcp/0'],
    log: memoryLogger(),
  });
  await network.start({
    onConnection: () => {},
    onStream: (_connection, _protocol, stream) => onStream(stream),
    ...OPEN_DOOR,
  });
  t.after(() => network.stop());
  return network;
}

/** Passes bytes on both ways; when told so it changes the last bit of the next bytes towards `port`. */
async function changingWire(t: TestContext, port: number) {
  let changes = false;
  const sockets: Socket[] = [];
  const server = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    sockets.push(from, to);
    for (const each of [from, to]) each.on('error', () => {});
    from.on('close', () => to.destroy());
    to.on('close', () => from.destroy());
    to.pipe(from);
    from.on('data', (bytes) => {
      const last = bytes.length - 1;
      if (changes) bytes[last] = (bytes[last] ?? 0) ^ 1;
      changes = false;
      to.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const bound = server.address();
  assert.ok(typeof bound === 'object' && bound !== null);
  return {
    port: bound.port,
    changeNext: () => {
      changes = true;
    },
  };
}
