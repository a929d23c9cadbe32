import { type MsgHdrs, headers as newHeaders } from 'nats';
import type { Logger } from '#libs/log/logger.ts';
import { type EventBus, EventBusError, type Fact, type Signal } from './bus.ts';
import { eventHeaders, type Origin } from './headers.ts';
import { KeptNats } from './kept-nats.ts';
import { sendFact, storeFact } from './nats-facts.ts';
import { parseNatsUrl } from './nats-url.ts';
import { subjectOf } from './subjects.ts';

export interface NatsBusOptions extends Origin {
  /** See `parseNatsUrl`. */
  readonly url: string;
  readonly log: Logger;
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
  return new NatsBus(options, new KeptNats(options, parseNatsUrl(options.url)));
}

class NatsBus implements EventBus {
  readonly #options: NatsBusOptions;
  readonly #server: KeptNats;

  constructor(options: NatsBusOptions, server: KeptNats) {
    this.#options = options;
    this.#server = server;
  }

  async start(): Promise<void> {
    this.#server.start();
  }

  /** Closes the connection. Published events are sent out before, if the server takes them. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  connected(): boolean {
    return this.#server.link !== undefined;
  }

  onConnected(listener: () => void): () => void {
    return this.#server.onConnected(listener);
  }

  publishSignal(signal: Signal): void {
    try {
      this.#server.link?.connection.publish(this.#subject(signal), signal.body, {
        headers: this.#headers(signal),
      });
    } catch (error) {
      this.#options.log.debug('signal not published', { cause: String(error) });
    }
  }

  async publishFact(fact: Fact): Promise<void> {
    const { link } = this.#server;
    if (link === undefined) throw new EventBusError('the event bus is away', { code: 'EVENT_BUS_AWAY' });
    const outgoing = { subject: this.#subject(fact), headers: this.#headers(fact), fact };
    try {
      if (link.stream === undefined) await sendFact(link.connection, outgoing);
      else await storeFact(link.stream, outgoing);
    } catch (cause) {
      this.#server.doubt(link);
      const message = `the event bus did not take the fact: ${String(cause)}`;
      throw new EventBusError(message, { code: 'EVENT_REFUSED' }, { cause });
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
}
