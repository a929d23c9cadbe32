import {
  connect,
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats';
import { EventBusError } from './bus.ts';
import { EVENT_LIMITS } from './limits.ts';
import { connectionTo } from './nats-connection.ts';
import { parseNatsUrl } from './nats-url.ts';
import { FACT_SUBJECTS } from './subjects.ts';

/** The JetStream stream that keeps the facts of all members of all networks on a server. */
export const FACTS_STREAM = 'BTCFED_FACTS';

/** How that stream is made. Its size, count and age are bounded: the oldest facts give way, the chain has them all. */
export const FACTS_STREAM_SETTINGS = {
  name: FACTS_STREAM,
  subjects: FACT_SUBJECTS,
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  max_age: nanos(EVENT_LIMITS.streamAgeMs),
  max_bytes: EVENT_LIMITS.streamBytes,
  max_msgs: EVENT_LIMITS.streamFactsMax,
  max_msg_size: EVENT_LIMITS.factBytesMax,
  duplicate_window: nanos(EVENT_LIMITS.duplicateWindowMs),
} satisfies Partial<StreamConfig>;

const STREAM_NOT_FOUND = 404;

/** Makes the stream where it is missing; an existing stream stays as its operator made it. */
export async function ensureFactsStream(manager: JetStreamManager): Promise<void> {
  if (!(await isThere(manager))) await manager.streams.add(FACTS_STREAM_SETTINGS);
}

/**
 * Makes the stream on a server of our own, or gives an older one the settings of today.
 * @param url - With the credentials of a user who may: see `localServer`.
 * @throws EventBusError saying what the server refused.
 */
export async function prepareFactsStream(url: string): Promise<void> {
  try {
    const connection = await connect({ ...connectionTo(parseNatsUrl(url)), reconnect: false });
    try {
      const manager = await connection.jetstreamManager({ timeout: EVENT_LIMITS.ackTimeoutMs });
      if (await isThere(manager)) await manager.streams.update(FACTS_STREAM, FACTS_STREAM_SETTINGS);
      else await manager.streams.add(FACTS_STREAM_SETTINGS);
    } finally {
      await connection.close();
    }
  } catch (cause) {
    const message = `the stream ${FACTS_STREAM} cannot be made on nats-server: ${String(cause)}`;
    throw new EventBusError(message, { code: 'EVENT_REFUSED' }, { cause });
  }
}

async function isThere(manager: JetStreamManager): Promise<boolean> {
  try {
    await manager.streams.info(FACTS_STREAM);
    return true;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.code === STREAM_NOT_FOUND) return false;
    throw error;
  }
}
