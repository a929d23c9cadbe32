import { ErrorCode, type JetStreamClient, type MsgHdrs, type NatsConnection, NatsError } from 'nats';
import type { Logger } from '#libs/log/logger.ts';
import type { Fact } from './bus.ts';
import { ensureFactsStream, FACTS_STREAM } from './facts-stream.ts';
import { EVENT_LIMITS } from './limits.ts';

/** A fact on its way: its subject and headers beside it. */
export interface OutgoingFact {
  readonly subject: string;
  readonly headers: MsgHdrs;
  readonly fact: Fact;
}

/**
 * The stream of facts, made where it is missing. An operator may make it with other settings (replicas, age): it is
 * used as it is, once it takes the largest fact. Undefined where the server has no JetStream or does not let us make the stream. Rejects when the
 * server does not answer.
 */
export async function factsStream(
  connection: NatsConnection,
  log: Logger,
): Promise<JetStreamClient | undefined> {
  const timeout = EVENT_LIMITS.ackTimeoutMs;
  try {
    const manager = await connection.jetstreamManager({ timeout });
    await ensureFactsStream(manager, log);
    return connection.jetstream({ timeout });
  } catch (error) {
    if (isSilence(error)) throw error;
    log.warn('no stream for facts, sending them unstored', { cause: String(error) });
    return undefined;
  }
}

/** Stores a fact. Of those with the same id header the server keeps one within the duplicate window. */
export async function storeFact(
  stream: JetStreamClient,
  { subject, headers, fact }: OutgoingFact,
): Promise<void> {
  await stream.publish(subject, fact.body, {
    headers,
    timeout: EVENT_LIMITS.ackTimeoutMs,
    expect: { streamName: FACTS_STREAM },
  });
}

/** Sends a fact to a server without a stream. Resolves when the server has read it. */
export async function sendFact(
  connection: NatsConnection,
  { subject, headers, fact }: OutgoingFact,
): Promise<void> {
  connection.publish(subject, fact.body, { headers });
  await within(connection.flush(), EVENT_LIMITS.ackTimeoutMs);
}

/** A missing answer or connection is not a refusal. */
function isSilence(error: unknown): boolean {
  const silences: readonly string[] = [
    ErrorCode.Timeout,
    ErrorCode.Disconnect,
    ErrorCode.ConnectionClosed,
    ErrorCode.ConnectionDraining,
  ];
  return error instanceof NatsError && silences.includes(error.code);
}

/** The client's `flush` waits for ever on a connection that is lost. */
function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
