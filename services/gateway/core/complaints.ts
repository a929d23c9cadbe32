/**
 * Counts the faults of peers, and remembers which faults are logged already, so that a peer that repeats a fault a
 * million times is one log line. Bounded: causes are few and constant; beyond `rememberedMax` pairs of cause and peer
 * the oldest is forgotten and may be logged again.
 */
export class Complaints {
  readonly #rememberedMax: number;
  readonly #said = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(rememberedMax: number) {
    this.#rememberedMax = rememberedMax;
  }

  /** How often each cause was noted since the start. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Counts a fault; answers whether this cause and peer come together for the first time. */
  note(cause: string, peer: string): boolean {
    this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + 1);
    const key = `${peer} ${cause}`;
    if (this.#said.has(key)) return false;
    const oldest = this.#said.size < this.#rememberedMax ? undefined : this.#said.values().next().value;
    if (oldest !== undefined) this.#said.delete(oldest);
    this.#said.add(key);
    return true;
  }
}
