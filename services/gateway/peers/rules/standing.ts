/** The standing of a peer with this gateway, as people see it. It decides nothing. */
export interface Standing {
  /** Milliseconds since the last sign of life; of a peer that was never heard, since it is known. */
  readonly silentMs: number;
  /** Frames that could not be sent to it, since it is known. */
  readonly unsentFrames: number;
  /** The unsent frames since the last sign of life. */
  readonly unsentSinceHeard: number;
}

/** Keeps when a peer was last heard, and counts what could not be sent to it. Times are monotonic milliseconds. */
export class PeerStanding {
  #heardAtMs: number;
  #unsentFrames = 0;
  #unsentSinceHeard = 0;

  /** @param nowMs - The time from which on the peer is known. */
  constructor(nowMs: number) {
    this.#heardAtMs = nowMs;
  }

  /** A sign of life of the peer. */
  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#unsentSinceHeard = 0;
  }

  /** Frames for the peer never leave: it is away, or reads too slowly. */
  unsent(frames: number): void {
    this.#unsentFrames += frames;
    this.#unsentSinceHeard += frames;
  }

  at(nowMs: number): Standing {
    return {
      silentMs: Math.round(nowMs - this.#heardAtMs),
      unsentFrames: this.#unsentFrames,
      unsentSinceHeard: this.#unsentSinceHeard,
    };
  }
}
