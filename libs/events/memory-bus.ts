import { type EventBus, EventBusError, type Fact, type Signal } from './bus.ts';
import { eventHeaders, type Origin } from './headers.ts';
import { Listeners } from './listeners.ts';
import { subjectOf } from './subjects.ts';

export interface PublishedEvent {
  readonly kind: 'fact' | 'signal';
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** A bus without a server that keeps all published events: for tests, and for programs of one process. */
export class MemoryBus implements EventBus {
  readonly published: PublishedEvent[] = [];
  readonly #origin: Origin;
  readonly #ids = new Set<string>();
  readonly #listeners = new Listeners();
  #isStarted = false;
  #isServerUp = true;

  constructor(origin: Origin = { network: 'test', member: 'm1' }) {
    this.#origin = origin;
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    if (this.#isServerUp) this.#listeners.tell();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
  }

  /** Plays the server that goes away and comes back. */
  setServerUp(isUp: boolean): void {
    const wasUp = this.#isServerUp;
    this.#isServerUp = isUp;
    if (isUp && !wasUp && this.#isStarted) this.#listeners.tell();
  }

  connected(): boolean {
    return this.#isStarted && this.#isServerUp;
  }

  onConnected(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  publishSignal(signal: Signal): void {
    try {
      if (this.connected()) this.#keep('signal', signal);
    } catch {
      // A signal whose name is no subject is dropped, as the interface says.
    }
  }

  async publishFact(fact: Fact): Promise<void> {
    if (!this.connected()) throw new EventBusError('the event bus is away', { code: 'EVENT_BUS_AWAY' });
    if (this.#ids.has(fact.id)) return;
    this.#keep('fact', fact);
    this.#ids.add(fact.id);
  }

  #keep(kind: PublishedEvent['kind'], event: Signal): void {
    const subject = subjectOf({ ...this.#origin, ...event });
    const headers = eventHeaders(event, this.#origin, new Date());
    this.published.push({ kind, subject, body: event.body.slice(), headers });
  }
}
