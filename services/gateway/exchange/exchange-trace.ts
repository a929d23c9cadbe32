import type { Logger } from '#libs/log/logger.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import type { ExchangeMessage } from './rules/message.ts';

/** One message, for the log: type, size, peer and the id that both sides log (P2P-92, P2P-93). */
export interface TracedMessage {
  readonly connection: PeerConnection;
  readonly message: ExchangeMessage;
  readonly sizeBytes: number;
}

/** Counts messages by kind and traces them in debug lines. */
export class ExchangeTrace {
  readonly #log: Logger;
  readonly #counts = new Map<string, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `sent request`, `received update` and so on, since the start (P2P-94). */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  sent(message: TracedMessage): void {
    this.#trace('sent', 'peer exchange message sent', message);
  }

  received(message: TracedMessage): void {
    this.#trace('received', 'peer exchange message received', message);
  }

  #trace(direction: string, text: string, { connection, message, sizeBytes }: TracedMessage): void {
    const { correlationId, body } = message;
    const name = `${direction} ${body.kind}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#log.debug(text, {
      message_type: body.kind,
      size_bytes: sizeBytes,
      peer_id: connection.peerId,
      trace_id: correlationId,
      entries: 'records' in body ? body.records.length : undefined,
    });
  }
}
