import { type ChannelCredentials, Client, type ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { CONNECT_PAUSE_MS_MAX, PROBE_PAUSE_MS_MIN } from '../limits.ts';
import { pause } from './pause.ts';

export interface HealthTarget {
  /** `host:port` or `unix:/path`. */
  readonly address: string;
  readonly credentials: ChannelCredentials;
  /** Name in the server's certificate, when the address is another. */
  readonly serverName?: string;
}

const WATCH = '/grpc.health.v1.Health/Watch';

/** grpc.health.v1.HealthCheckRequest for the server as a whole: no service named, so no bytes. */
const WHOLE_SERVER = Buffer.alloc(0);

/** grpc.health.v1.HealthCheckResponse with status SERVING: field 1, number 1. */
const SERVING = Buffer.from([0x08, 0x01]);

/**
 * Waits until the server says SERVING by the standard health protocol. One stream stays open and is told of
 * the change; only while nobody listens yet is the connection tried again, with growing pauses.
 *
 * @throws the reason of `signal` when that fires first.
 */
export async function waitServing(target: HealthTarget, signal: AbortSignal): Promise<void> {
  const client = new Client(target.address, target.credentials, {
    'grpc.initial_reconnect_backoff_ms': PROBE_PAUSE_MS_MIN,
    'grpc.min_reconnect_backoff_ms': PROBE_PAUSE_MS_MIN,
    'grpc.max_reconnect_backoff_ms': CONNECT_PAUSE_MS_MAX,
    ...(target.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': target.serverName }),
  });
  try {
    let pauseMs = PROBE_PAUSE_MS_MIN;
    while (!(await watchUntilServing(client, signal))) {
      await pause(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, CONNECT_PAUSE_MS_MAX);
    }
  } finally {
    client.close();
  }
}

/** Whether it came to serve before the stream ended. */
function watchUntilServing(client: Client, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const stream: ClientReadableStream<Buffer> = client.makeServerStreamRequest(
    WATCH,
    (bytes: Buffer) => bytes,
    (bytes) => bytes,
    WHOLE_SERVER,
    new Metadata({ waitForReady: true }),
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
