import { randomBytes } from 'node:crypto';
import type { Connection, Stream } from '@libp2p/interface';

const PING_PROTOCOL = '/ipfs/ping/1.0.0';
const PING_BYTES = 32;

/**
 * One ping over one connection, in microseconds. libp2p's own service counts whole milliseconds and chooses the
 * connection itself. A peer that does not know the protocol has answered too.
 */
export async function pingConnection(connection: Connection, timeoutMs: number): Promise<number> {
  const signal = AbortSignal.timeout(timeoutMs);
  let startedAtMs = performance.now();
  let stream: Stream | undefined;
  try {
    stream = await connection.newStream(PING_PROTOCOL, { signal });
    startedAtMs = performance.now();
    await echo(stream, signal);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'UnsupportedProtocolError')) throw error;
  } finally {
    stream?.abort(new Error('ping is over'));
  }
  return Math.max(1, Math.round((performance.now() - startedAtMs) * 1000));
}

async function echo(stream: Stream, signal: AbortSignal): Promise<void> {
  let missing = PING_BYTES;
  await new Promise<void>((resolve, reject) => {
    stream.addEventListener('message', ({ data }) => {
      missing -= data.byteLength;
      if (missing <= 0) resolve();
    });
    stream.addEventListener('close', () => reject(new Error('ping stream closed')), { once: true });
    signal.addEventListener('abort', () => reject(new Error('ping timed out')), { once: true });
    stream.send(randomBytes(PING_BYTES));
  });
}
