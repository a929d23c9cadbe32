import type { LaneBound } from './limits.ts';

/** A message that waits for a peer. */
export interface OutgoingRequest {
  readonly route: string;
  readonly json: string;
}

/** The messages of one class that wait for one peer; a full lane drops its oldest, for the newest still matter most. */
export class PeerLane {
  readonly #bound: LaneBound;
  readonly #onDropped: (messages: number) => void;
  readonly #waiting: OutgoingRequest[] = [];
  #bytes = 0;
  #inFlight = 0;

  constructor(bound: LaneBound, onDropped: (messages: number) => void) {
    this.#bound = bound;
    this.#onDropped = onDropped;
  }

  get size(): number {
    return this.#waiting.length;
  }

  push(message: OutgoingRequest): void {
    this.#waiting.push(message);
    this.#bytes += message.json.length;
    const { messagesMax, bytesMax } = this.#bound;
    while (this.#waiting.length > 1 && (this.#waiting.length > messagesMax || this.#bytes > bytesMax)) {
      this.#forgetOldest();
    }
  }

  /** The oldest, unless as many are under way as may be; `ended` is called for each. */
  take(): OutgoingRequest | undefined {
    if (this.#inFlight >= this.#bound.inFlightMax) return undefined;
    const message = this.#waiting.shift();
    if (message === undefined) return undefined;
    this.#bytes -= message.json.length;
    this.#inFlight += 1;
    return message;
  }

  ended(): void {
    this.#inFlight -= 1;
  }

  /** A message that could not be sent waits again, before all others. */
  putBack(message: OutgoingRequest): void {
    this.#waiting.unshift(message);
    this.#bytes += message.json.length;
  }

  /** The peer is away: the newest few are kept. */
  keepFew(): void {
    while (this.#waiting.length > this.#bound.keptMax) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.json.length;
    this.#onDropped(1);
  }
}
