import { assert } from '#libs/assert/assert.ts';

/** More requests than this have no place in a mask: 32 bits and 21, which one number holds exactly. */
export const ASKS_MAX = 53;
const WORD = 32;

/** A set of requests, in two words. */
export class AskMask {
  static readonly ALL: AskMask = new AskMask(-1, 2 ** (ASKS_MAX - WORD) - 1);

  lo: number;
  hi: number;

  constructor(lo = 0, hi = 0) {
    this.lo = lo;
    this.hi = hi;
  }

  static of(asks: Iterable<number>): AskMask {
    const mask = new AskMask();
    for (const ask of asks) mask.add(ask);
    return mask;
  }

  has(ask: number): boolean {
    return ((ask < WORD ? this.lo >>> ask : this.hi >>> (ask - WORD)) & 1) === 1;
  }

  /** @returns Whether it was not in it. */
  add(ask: number): boolean {
    assert(ask < ASKS_MAX, `a search has at most ${ASKS_MAX} requests`);
    if (this.has(ask)) return false;
    if (ask < WORD) this.lo |= 1 << ask;
    else this.hi |= 1 << (ask - WORD);
    return true;
  }

  /** @returns Whether any of them was not in it. */
  addAll({ lo, hi }: AskMask): boolean {
    const isMore = (lo & ~this.lo) !== 0 || (hi & ~this.hi) !== 0;
    this.lo |= lo;
    this.hi |= hi;
    return isMore;
  }

  /** One number for each set. */
  get key(): number {
    return this.hi * 2 ** WORD + (this.lo >>> 0);
  }
}
