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
import type { Logger } from '#libs/log/logger.ts';
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

/**
 * Makes the stream where it is missing; an existing stream stays as its operator made it, save that it has to take the largest fact:
 * facts come in order, and one that it refuses would keep back all after it. Versions before this made it for facts of 4 KiB.
 */
export async function ensureFactsStream(manager: JetStreamManager, log: Logger): Promise<void> {
  const config = await configOf(manager);
  if (config === undefined) await manager.streams.add(FACTS_STREAM_SETTINGS);
  else if (isTooSmall(config)) await widen(manager, config, log);
}

/** The server has -1 for "no limit". */
function isTooSmall({ max_msg_size }: Pick<StreamConfig, 'max_msg_size'>): boolean {
  return max_msg_size > 0 && max_msg_size < EVENT_LIMITS.factBytesMax;
}

/** A server that does not let us is told of, and used: facts of small blocks still go. */
async function widen(manager: JetStreamManager, config: StreamConfig, log: Logger): Promise<void> {
  const facts = {
    stream: FACTS_STREAM,
    max_msg_size: config.max_msg_size,
    needed: EVENT_LIMITS.factBytesMax,
  };
  try {
    await manager.streams.update(FACTS_STREAM, { ...config, max_msg_size: EVENT_LIMITS.factBytesMax });
    log.info('stream of facts takes larger ones from now on', facts);
  } catch (cause) {
    log.error('stream of facts refuses those of large blocks: raise its max_msg_size', cause, facts);
  }
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
      if ((await configOf(manager)) !== undefined)
        await manager.streams.update(FACTS_STREAM, FACTS_STREAM_SETTINGS);
      else await manager.streams.add(FACTS_STREAM_SETTINGS);
    } finally {
      await connection.close();
    }
  } catch (cause) {
    const message = `the stream ${FACTS_STREAM} cannot be made on nats-server: ${String(cause)}`;
    throw new EventBusError(message, { code: 'EVENT_REFUSED' }, { cause });
  }
}

/** Undefined where there is no such stream. */
async function configOf(manager: JetStreamManager): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(FACTS_STREAM)).config;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}
