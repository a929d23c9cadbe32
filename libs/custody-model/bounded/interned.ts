import { assert } from '#libs/assert/assert.ts';
import { Ints } from './ints.ts';

/** So many that three and a global part of a state fit three words. */
const IDS_MAX = 2 ** 24;
const WORD = 2 ** 32;

/**
 * Triples of a number and a set of requests, each by a number of its own: the state of a key and the signatures of it that
 * matter, or the knowledge of all.
 */
export class Interned {
  readonly #ids = new Map<number, Map<number, number>>();
  readonly #tags = new Ints();
  readonly #lo = new Ints();
  readonly #hi = new Ints();

  get size(): number {
    return this.#tags.size;
  }

  id(tag: number, lo: number, hi: number): number {
    const ids = this.#ids.get(tag) ?? new Map<number, number>();
    if (ids.size === 0) this.#ids.set(tag, ids);
    const name = hi * WORD + (lo >>> 0);
    const known = ids.get(name);
    if (known !== undefined) return known;
    const id = this.#tags.size;
    assert(id < IDS_MAX, 'a state fits three words');
    ids.set(name, id);
    this.#tags.push(tag);
    this.#lo.push(lo);
    this.#hi.push(hi);
    return id;
  }

  tag(id: number): number {
    return this.#tags.at(id);
  }

  lo(id: number): number {
    return this.#lo.at(id);
  }

  hi(id: number): number {
    return this.#hi.at(id);
  }
}

/** The numbers that stand in the place of numbers when blocks change places: each computed once. */
export class Mirror {
  readonly #of: (id: number) => number;
  readonly #known = new Ints();

  constructor(of: (id: number) => number) {
    this.#of = of;
  }

  at(id: number): number {
    while (this.#known.size <= id) this.#known.push(REFLECTED_NOWHERE);
    const known = this.#known.at(id);
    if (known !== REFLECTED_NOWHERE) return known;
    const found = this.#of(id);
    this.#known.set(id, found);
    return found;
  }
}

const REFLECTED_NOWHERE = -1;
