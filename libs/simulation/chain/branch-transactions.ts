import type { Digest } from '#libs/chain/ids.ts';

/**
 * The hashes of all transactions of a branch, in their order. A block shares the list of its parent and adds its own behind
 * it, so a chain of thousands of blocks holds each hash once; only a second block on one parent begins a list of its own.
 */
export class BranchTransactions implements Iterable<Digest> {
  /** The place of each hash in the list. Those from `#size` on belong to blocks above this one. */
  readonly #places: Map<Digest, number>;
  readonly #size: number;

  constructor(places: Map<Digest, number> = new Map()) {
    this.#places = places;
    this.#size = places.size;
  }

  has(hash: Digest): boolean {
    return (this.#places.get(hash) ?? this.#size) < this.#size;
  }

  *[Symbol.iterator](): Iterator<Digest> {
    for (const [hash, place] of this.#places) {
      if (place >= this.#size) return;
      yield hash;
    }
  }

  /** The branch with one more block on it. */
  with(hashes: Iterable<Digest>): BranchTransactions {
    const isNewest = this.#places.size === this.#size;
    const places = isNewest ? this.#places : new Map([...this].map((hash, place) => [hash, place]));
    for (const hash of hashes) if (!places.has(hash)) places.set(hash, places.size);
    return new BranchTransactions(places);
  }
}
