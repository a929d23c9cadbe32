/** What callers that nobody vouches for may hold of this process, all together. Without it one of them holds all. */
export interface StrangerLimits {
  /** The largest request, bytes. */
  readonly messageBytesMax: number;
  /** A request is whole within so long after its first byte, ms. */
  readonly requestMsMax: number;
  /** Requests that are not whole yet; beyond it the oldest of those that took longer than `patienceMs` give way. */
  readonly arrivingMax: number;
  readonly patienceMs: number;
  /** An answer is taken within so long, ms. */
  readonly answerMsMax: number;
  /** Answers that were given and not taken yet, bytes. */
  readonly untakenBytesMax: number;
}

/** A request that is on its way. */
export interface Arriving {
  /** Ends the call, and tells `end`. */
  cut(): void;
}

/** What all calls of a server hold. */
export class StrangerRoom {
  readonly limits: StrangerLimits;
  /** Oldest first, with the time of their first byte. */
  readonly #arriving = new Map<Arriving, number>();
  #untakenBytes = 0;

  constructor(limits: StrangerLimits) {
    this.limits = limits;
  }

  begin(call: Arriving): void {
    this.#arriving.set(call, performance.now());
    const { arrivingMax, patienceMs } = this.limits;
    for (const [oldest, sinceMs] of this.#arriving) {
      if (this.#arriving.size <= arrivingMax || performance.now() - sinceMs < patienceMs) return;
      oldest.cut();
    }
  }

  end(call: Arriving): void {
    this.#arriving.delete(call);
  }

  /** Whether so many answers wait that no other is begun: to look one up costs more than to refuse it. */
  get isCrowded(): boolean {
    return this.#untakenBytes > this.limits.untakenBytesMax / 2;
  }

  /** False when there is no room for another answer. */
  give(bytes: number): boolean {
    if (this.#untakenBytes + bytes > this.limits.untakenBytesMax) return false;
    this.#untakenBytes += bytes;
    return true;
  }

  taken(bytes: number): void {
    this.#untakenBytes -= bytes;
  }
}
