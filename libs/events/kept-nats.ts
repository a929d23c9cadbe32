import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, Events, type JetStreamClient, type NatsConnection } from 'nats';
import type { Logger } from '#libs/log/logger.ts';
import { EVENT_LIMITS } from './limits.ts';
import { Listeners } from './listeners.ts';
import { connectionTo } from './nats-connection.ts';
import { factsStream } from './nats-facts.ts';
import type { NatsAddress } from './nats-url.ts';

/** A connection that is up, and how facts are kept on that server. */
export interface NatsLink {
  readonly connection: NatsConnection;
  /** Undefined where the server has no JetStream, or none for us. */
  readonly stream: JetStreamClient | undefined;
}

export interface KeptNatsOptions {
  /** The name under which the server knows us. */
  readonly member: string;
  readonly log: Logger;
}

/** The NATS server, looked for as long as this runs: one connection after another, and how the server keeps facts. */
export class KeptNats {
  readonly #options: KeptNatsOptions;
  readonly #address: NatsAddress;
  readonly #listeners = new Listeners();
  readonly #stopped = new AbortController();
  #connection: NatsConnection | undefined;
  #link: NatsLink | undefined;
  #running: Promise<void> = Promise.resolve();
  #wasAway = false;

  constructor(options: KeptNatsOptions, address: NatsAddress) {
    this.#options = options;
    this.#address = address;
  }

  /** Undefined while the server is away. */
  get link(): NatsLink | undefined {
    return this.#link;
  }

  /** Tells of each time that the server is there again. Returns how to stop it. */
  onConnected(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Closes the connection. Published events are sent out before, if the server takes them. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const leave = this.#link === undefined ? this.#connection?.close() : this.#connection?.drain();
    await Promise.race([leave?.catch(() => {}), sleep(EVENT_LIMITS.reconnectMs)]);
    await this.#connection?.close();
    await this.#running;
  }

  /** A fact was refused: its stream may be gone. Looks again, once for all facts that fail together. */
  doubt(link: NatsLink): void {
    if (this.#link === link) void this.#establish(link.connection);
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
