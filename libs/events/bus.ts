import { AppError } from '#libs/errors/app-error.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { FactName } from './subjects.ts';

/** An event: the three words of its subject (`consensus`, `view`, `changed`), and the message about it. */
export interface Signal {
  readonly service: string;
  readonly noun: string;
  readonly event: string;
  /** Message of btcfed.event.v1. Small: hashes, never a certificate. */
  readonly body: Uint8Array;
  /** The thing that the event is about, for readers that filter: a height, a hash, a peer. */
  readonly about?: string;
  readonly traceId?: string;
}

/** A final event, made durable by its publisher before it is published: one of `FACTS`. */
export type Fact = Signal & FactName & FactId;

export interface FactId {
  /** The same whenever the same fact is published again: readers drop the second one. */
  readonly id: string;
}

export interface EventBusErrorDetail {
  readonly code: 'EVENT_BUS_AWAY' | 'EVENT_REFUSED' | 'EVENT_BUS_URL_INVALID';
}

export class EventBusError extends AppError<EventBusErrorDetail> {
  override readonly name = 'EventBusError';
}

/**
 * Events for the outside. Nothing that safety needs may depend on one arriving. `start` does not wait for the
 * server: it may be away then, and for as long as it likes.
 */
export interface EventBus extends Lifecycle {
  /** Publishes to the present listeners. The signal is dropped silently while the server is away. Never throws. */
  publishSignal(signal: Signal): void;
  /**
   * Resolves when the server has the fact: stored once per id where it has JetStream, else received. Sent in the
   * order of the calls. Rejects with an EventBusError while the server is away: publish it again, later.
   */
  publishFact(fact: Fact): Promise<void>;
  connected(): boolean;
  /** Calls `listener` whenever the server is there, or there again, from now on. Returns how to stop it. */
  onConnected(listener: () => void): () => void;
}
