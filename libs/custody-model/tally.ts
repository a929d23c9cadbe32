import type { KeyNode } from './key-world.ts';

/** Keys that sign anything, and how many signatures make a certificate. */
export interface Liars {
  readonly liars: number;
  readonly quorum: number;
}

/** Tells for each request whether a quorum signed it: the liars sign everything. Each state is counted once. */
export class Tally {
  readonly #faulty: Liars;
  readonly #requests: number;
  readonly #known = new WeakMap<readonly KeyNode[], readonly boolean[]>();

  constructor(requests: number, faulty: Liars) {
    this.#requests = requests;
    this.#faulty = faulty;
  }

  in(keys: readonly KeyNode[]): readonly boolean[] {
    const known = this.#known.get(keys);
    if (known !== undefined) return known;
    const votes = new Array<number>(this.#requests).fill(this.#faulty.liars);
    for (const { signed } of keys) for (const ask of signed) votes[ask] = (votes[ask] ?? 0) + 1;
    const found = votes.map((count) => count >= this.#faulty.quorum);
    this.#known.set(keys, found);
    return found;
  }
}
