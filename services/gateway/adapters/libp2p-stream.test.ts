import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { identityOf } from '#test/support/gateway/gateway-node.ts';
import { OPEN_DOOR } from '#test/support/gateway/open-door.ts';
import { until } from '#test/support/within.ts';
import { STREAM_WINDOW_BYTES_MAX, WRITE_CHUNK_BYTES } from '../core/limits.ts';
import type { ByteStream } from '../ports/peer-network.ts';
import { Libp2pNetwork } from './libp2p-network.ts';

const PIECE = Buffer.alloc(128);

/** Between two reads the sender says all that it may. */
const READS = 4;
const LOOK_MS = 20;
/** Looks in a row without a new byte: on a busy machine one look may come before anything was done. */
const LOOKS_STILL = 10;

async function startNetwork(name: string, onStream: (stream: ByteStream) => void) {
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
  return network;
}

/** Sends as much as the stream takes, for ever. @returns the bytes sent so far. */
function floodOf(stream: ByteStream): () => number {
  let said = 0;
  const fill = (): void => {
    while (!stream.isFull) {
      stream.send(PIECE);
      said += PIECE.length;
    }
  };
  stream.onWritable(() => queueMicrotask(fill));
  fill();
  return () => said;
}

/** Waits until the sender has no room for more. */
async function untilStill(said: () => number): Promise<void> {
  let before = said();
  for (let still = 0; still < LOOKS_STILL; still++) {
    await sleep(LOOK_MS);
    if (said() > before) still = 0;
    before = said();
  }
}

test('BYZ-15, F-15: a reader that rests after each read is sent one window at most that it did not read', async () => {
  const accepted = Promise.withResolvers<ByteStream>();
  const reader = await startNetwork('reader', accepted.resolve);
  const sender = await startNetwork('sender', () => {});
  try {
    const [address = ''] = reader.listenAddresses();
    await sender.dial({ address, peerId: reader.peerId, signal: AbortSignal.timeout(120_000) });
    const [connection] = sender.openConnections();
    assert.ok(connection);
    const outgoing = await connection.openStream('consensus', AbortSignal.timeout(120_000));
    const said = floodOf(outgoing);
    const incoming = await accepted.promise;
    let read = 0;
    let isClosed = false;
    incoming.onClosed(() => {
      isClosed = true;
    });
    incoming.onBytes((bytes) => {
      read += bytes.length;
      incoming.pause();
    });
    for (let reads = 0; reads < READS; reads++) {
      const before = read;
      incoming.resume();
      await until('more is read, or the stream is closed', () => read > before || isClosed);
      await untilStill(said);
    }
    assert.equal(isClosed, false);
    const unread = said() - read;
    assert.ok(unread <= STREAM_WINDOW_BYTES_MAX + WRITE_CHUNK_BYTES, `${unread} bytes are not read`);
  } finally {
    await Promise.all([reader.stop(), sender.stop()]);
  }
});
