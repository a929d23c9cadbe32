interface Count {
  /** Probes in a row without an answer, or with one; one of both is 0. */
  readonly failed: number;
  readonly answered: number;
}

const NONE: Count = { failed: 0, answered: 0 };

/** How many probes in a row each peer left without an answer, and how many it answered (TW-2.1.4). */
export class ProbeCounts {
  #counts: ReadonlyMap<string, Count> = new Map();
  readonly #heard = new Set<string>();

  /** A message of a peer, whatever it says: it is there. */
  heard(name: string): void {
    this.#heard.add(name);
  }

  /** The time of a probe of these peers is over. Peers that were not probed are forgotten. */
  turn(names: readonly string[]): void {
    this.#counts = new Map(names.map((name) => [name, this.#next(name)]));
    this.#heard.clear();
  }

  failed(name: string): number {
    return (this.#counts.get(name) ?? NONE).failed;
  }

  answered(name: string): number {
    return (this.#counts.get(name) ?? NONE).answered;
  }

  #next(name: string): Count {
    const { failed, answered } = this.#counts.get(name) ?? NONE;
    if (this.#heard.has(name)) return { failed: 0, answered: answered + 1 };
    return { failed: failed + 1, answered: 0 };
  }
}
