import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConnectionOptions,
  connect,
  Events,
  type JetStreamClient,
  type MsgHdrs,
  type NatsConnection,
  headers as newHeaders,
} from 'nats';
import type { Logger } from '#libs/log/logger.ts';
import { type EventBus, EventBusError, type Fact, type Signal } from './bus.ts';
import { eventHeaders, type Origin } from './headers.ts';
import { EVENT_LIMITS } from './limits.ts';
import { Listeners } from './listeners.ts';
import { connectionTo } from './nats-connection.ts';
import { factsStream, sendFact, storeFact } from './nats-facts.ts';
import { type NatsAddress, parseNatsUrl } from './nats-url.ts';
import { subjectOf } from './subjects.ts';

export interface NatsBusOptions extends Origin {
  /** See `parseNatsUrl`. */
  readonly url: string;
  readonly log: Logger;
}

/** A connection that is up, and how facts are kept on that server. */
interface Link {
  readonly connection: NatsConnection;
  /** Undefined where the server has no JetStream, or none for us. */
  readonly stream: JetStreamClient | undefined;
}

/**
 * The event bus over NATS. Looks for the server for as long as it runs. Facts go into the stream BTCFED_FACTS, which
 * is made where it is missing; where that cannot be, they are sent as they are, and a reader that was away finds them
 * by gRPC.
 *
 * @throws EventBusError or SubjectError for a URL or names that can never work.
 */
export function natsBus(options: NatsBusOptions): EventBus {
  subjectOf({ ...options, service: 'service', noun: 'noun', event: 'event' });
  return new NatsBus(options, parseNatsUrl(options.url));
}

class NatsBus implements EventBus {
  readonly #options: NatsBusOptions;
  readonly #address: NatsAddress;
  readonly #listeners = new Listeners();
  readonly #stopped = new AbortController();
  #connection: NatsConnection | undefined;
  #link: Link | undefined;
  #running: Promise<void> = Promise.resolve();
  #wasAway = false;

  constructor(options: NatsBusOptions, address: NatsAddress) {
    this.#options = options;
    this.#address = address;
  }

  async start(): Promise<void> {
    this.#running = this.#run();
  }

  /** Closes the connection. Published events are sent out before, if the server takes them. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const leave = this.connected() ? this.#connection?.drain() : this.#connection?.close();
    await Promise.race([leave?.catch(() => {}), sleep(EVENT_LIMITS.reconnectMs)]);
    await this.#connection?.close();
    await this.#running;
  }

  connected(): boolean {
    return this.#link !== undefined;
  }

  onConnected(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  publishSignal(signal: Signal): void {
    try {
      this.#link?.connection.publish(this.#subject(signal), signal.body, { headers: this.#headers(signal) });
    } catch (error) {
      this.#options.log.debug('signal not published', { cause: String(error) });
    }
  }

  async publishFact(fact: Fact): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw new EventBusError('the event bus is away', { code: 'EVENT_BUS_AWAY' });
    const outgoing = { subject: this.#subject(fact), headers: this.#headers(fact), fact };
    try {
      if (link.stream === undefined) await sendFact(link.connection, outgoing);
      else await storeFact(link.stream, outgoing);
    } catch (cause) {
      // The stream may be gone: look again, once for all facts that fail together.
      if (this.#link === link) void this.#establish(link.connection);
      throw new EventBusError('the event bus did not take the fact', { code: 'EVENT_REFUSED' }, { cause });
    }
  }

  #subject(event: Signal): string {
    return subjectOf({ network: this.#options.network, member: this.#options.member, ...event });
  }

  #headers(event: Signal): MsgHdrs {
    const headers = newHeaders();
    for (const [name, value] of Object.entries(eventHeaders(event, this.#options, new Date()))) {
      headers.set(name, value);
    }
    return headers;
  }

  /** One connection after another: the client reconnects by itself, save after an error that it takes for final. */
  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        const connection = await connect(connectOptions(this.#address, this.#options.member));
        this.#connection = connection;
        if (this.#stopped.signal.aborted) return await connection.close();
        await this.#follow(connection);
      } catch (error) {
        this.#away(error);
      }
      await sleep(EVENT_LIMITS.reconnectMs, undefined, { signal: this.#stopped.signal }).catch(() => {});
    }
  }

  async #follow(connection: NatsConnection): Promise<void> {
    void this.#watch(connection);
    this.#away((await connection.closed()) ?? 'connection closed');
  }

  /** Never returns: the client does not end its list of changes when it is closed. */
  async #watch(connection: NatsConnection): Promise<void> {
    const changes = connection.status();
    await this.#establish(connection);
    for await (const { type } of changes) {
      if (type === Events.Disconnect) this.#away('connection lost');
      if (type === Events.Reconnect) await this.#establish(connection);
    }
  }

  /** Finds out how this server keeps facts. Never rejects. */
  async #establish(connection: NatsConnection): Promise<void> {
    const { log } = this.#options;
    this.#link = undefined;
    while (!connection.isClosed()) {
      try {
        const stream = await factsStream(connection, log);
        this.#link = { connection, stream };
        this.#wasAway = false;
        log.info('event bus connected', { server: connection.getServer(), is_stored: stream !== undefined });
        return this.#listeners.tell();
      } catch (error) {
        this.#away(error);
        await sleep(EVENT_LIMITS.reconnectMs);
      }
    }
  }

  /** Logs once for each absence. */
  #away(cause: unknown): void {
    this.#link = undefined;
    if (this.#wasAway || this.#stopped.signal.aborted) return;
    this.#wasAway = true;
    this.#options.log.warn('event bus away, looking for it', { cause: String(cause) });
  }
}

function connectOptions(address: NatsAddress, member: string): ConnectionOptions {
  return {
    ...connectionTo(address),
    name: `btcfed ${member}`,
    noEcho: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: EVENT_LIMITS.reconnectMs,
    pingInterval: EVENT_LIMITS.pingMs,
    maxPingOut: EVENT_LIMITS.pingsUnanswered,
  };
}
