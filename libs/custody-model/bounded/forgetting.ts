import { AskMask } from './ask-mask.ts';
import type { AskPlan } from './ask-places.ts';
import { OPENINGS, openBits } from './flags.ts';
import type { Keys } from './least-keys.ts';
import type { Beginning } from './open-choices.ts';
import type { Scratch } from './scratch.ts';
import { Usefulness } from './usefulness.ts';

/**
 * Drops from a state the signatures and certificates on which nothing can rest any more: states that differ in those
 * alone have the same future, and become one.
 */
export class Forgetting {
  readonly #keys: Keys;
  readonly #usefulness: Usefulness;
  readonly #certifiable: AskMask;
  readonly #deciding: AskMask;
  readonly #reach = new AskMask();

  constructor(plan: AskPlan, keys: Keys, beginnings: readonly Beginning[]) {
    const { places } = plan;
    this.#keys = keys;
    this.#usefulness = new Usefulness(plan, beginnings);
    this.#certifiable = AskMask.of(places.flatMap((each) => (each.isCertifiable ? [each.index] : [])));
    this.#deciding = AskMask.of(places.flatMap((each) => (each.isDeciding ? [each.index] : [])));
  }

  forget(state: Scratch): void {
    const [k1 = 0, k2 = 0, k3 = 0] = state.key;
    const [a, b, c] = [this.#keys.reach(k1), this.#keys.reach(k2), this.#keys.reach(k3)];
    this.#reach.lo = a.lo | b.lo | c.lo;
    this.#reach.hi = a.hi | b.hi | c.hi;
    const { certificates, openings, leaves } = this.#usefulness.of(this.#reach);
    let [leavesLo, leavesHi] = [0, 0];
    for (const [at, each] of leaves.entries()) {
      // The blocks that a view may begin with only grow: all of them is open, and the leaves add nothing.
      if ((state.flags & openBits(at)) === openBits(at)) continue;
      leavesLo |= each.lo;
      leavesHi |= each.hi;
    }
    const { certified } = state;
    const votesLo = certificates.lo & this.#certifiable.lo & ~certified.lo;
    const votesHi = certificates.hi & this.#certifiable.hi & ~certified.hi;
    strip(state.lo, [a.lo, b.lo, c.lo], { leaves: leavesLo, votes: votesLo });
    strip(state.hi, [a.hi, b.hi, c.hi], { leaves: leavesHi, votes: votesHi });
    // A decided block stands in the flags.
    certified.lo &= certificates.lo & ~this.#deciding.lo;
    certified.hi &= certificates.hi & ~this.#deciding.hi;
    state.flags &= openings | ~OPENINGS;
  }
}

/** A vote for a certificate that there is not yet counts while another key gave it too, or may. */
function strip(
  words: Int32Array,
  [a, b, c]: readonly [number, number, number],
  { leaves, votes }: { readonly leaves: number; readonly votes: number },
): void {
  const [x = 0, y = 0, z = 0] = words;
  words[0] = x & (leaves | (votes & (y | z | b | c)));
  words[1] = y & (leaves | (votes & (x | z | a | c)));
  words[2] = z & (leaves | (votes & (x | y | a | b)));
}
