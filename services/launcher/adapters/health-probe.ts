import { Client, type ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { type ClientTls, clientCredentials } from '#libs/grpc/tls.ts';
import { CONNECT_MS_MAX, CONNECT_MS_MIN, CONNECT_PAUSE_MS_MAX, PROBE_PAUSE_MS_MIN } from '../words/limits.ts';
import { pause } from './pause.ts';
import { shakesHands } from './tls-handshake.ts';

export interface HealthTarget {
  /** `host:port` or `unix:/path`. */
  readonly address: string;
  /** Left out: plain text. */
  readonly tls?: ClientTls;
  /** Full name of the service that must serve; left out: the server as a whole. */
  readonly service?: string;
}

const WATCH = '/grpc.health.v1.Health/Watch';

/** grpc.health.v1.HealthCheckRequest: field 1 is the name; no bytes for the server as a whole. */
function requestFor(service = ''): Buffer {
  const name = Buffer.from(service, 'utf8');
  return name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
}

/** grpc.health.v1.HealthCheckResponse with status SERVING: field 1, number 1. */
const SERVING = Buffer.from([0x08, 0x01]);

/**
 * Waits until the server says SERVING by the standard health protocol. One stream stays open and is told of
 * the change; only while nobody listens yet is the connection tried again, with growing pauses. A connection that
 * comes about and then says nothing, as that of a program which is about to let go of the port, is given up for a
 * new one: the library would wait for its handshake without end.
 *
 * @throws the reason of `signal` when that fires first.
 */
export async function waitServing(target: HealthTarget, signal: AbortSignal): Promise<void> {
  let pauseMs = PROBE_PAUSE_MS_MIN;
  let connectMs = CONNECT_MS_MIN;
  while (!(await servesInTime(target, connectMs, signal))) {
    await pause(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, CONNECT_PAUSE_MS_MAX);
    connectMs = Math.min(2 * connectMs, CONNECT_MS_MAX);
  }
}

/** Whether it came to serve on one connection, which had to be ready within `connectMs`. */
async function servesInTime(target: HealthTarget, connectMs: number, signal: AbortSignal): Promise<boolean> {
  const { address, tls, service } = target;
  if (tls !== undefined && !(await shakesHands(address, tls, { withinMs: connectMs, signal }))) return false;
  const client = new Client(address, clientCredentials(tls, address), {
    'grpc.initial_reconnect_backoff_ms': PROBE_PAUSE_MS_MIN,
    'grpc.min_reconnect_backoff_ms': PROBE_PAUSE_MS_MIN,
    'grpc.max_reconnect_backoff_ms': CONNECT_PAUSE_MS_MAX,
    'grpc.use_local_subchannel_pool': 1,
    ...(tls?.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': tls.serverName }),
  });
  try {
    if (!(await isReady(client, connectMs, signal))) return false;
    return await watchUntilServing(client, requestFor(service), signal);
  } finally {
    client.close();
  }
}

function isReady(client: Client, withinMs: number, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    client.waitForReady(Date.now() + withinMs, (late) => {
      signal.removeEventListener('abort', giveUp);
      resolve(late === undefined);
    });
  });
}

/** Whether it came to serve before the stream ended. */
function watchUntilServing(client: Client, request: Buffer, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const stream: ClientReadableStream<Buffer> = client.makeServerStreamRequest(
    WATCH,
    (bytes: Buffer) => bytes,
    (bytes) => bytes,
    request,
    new Metadata(),
    {},
  );
  const cancel = (): void => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  return new Promise<boolean>((resolve) => {
    stream.on('data', (status: Buffer) => {
      if (status.equals(SERVING)) resolve(true);
    });
    stream.on('error', () => resolve(false));
    stream.on('end', () => resolve(false));
  }).finally(() => {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  });
}
