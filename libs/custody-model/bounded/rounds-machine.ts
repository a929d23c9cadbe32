import { assert } from '#libs/assert/assert.ts';
import { AskMask } from './ask-mask.ts';
import type { AskPlace, AskPlan } from './ask-places.ts';
import { committedBit, decidedBit, fitsFlags, isDecided, openBit, openBits } from './flags.ts';
import { Forgetting } from './forgetting.ts';
import { Images, type MachineState } from './images.ts';
import { SHOWN, UNSIGNED } from './key-book.ts';
import type { Keys } from './least-keys.ts';
import { beginningsOf, OpenChoices } from './open-choices.ts';
import { HONEST, Scratch } from './scratch.ts';

export const FORK = 'fork: two blocks final that stand against each other';
export const SPLIT = 'split: honest keys gave the deciding vote of one height to two blocks';

/** A step to another state. `at`: the key that signed, by its place in the state before. */
export interface MachineStep {
  readonly next: MachineState;
  readonly at: number;
  readonly ask: number;
  readonly broken: string | undefined;
}

export interface MachineOptions {
  /** Whether two honest deciding votes for two blocks of one height break a promise already, and not a fork alone. */
  readonly isSplitBroken: boolean;
  /** Whether states forget what nothing can rest on any more. */
  readonly forgets: boolean;
}

/**
 * Goes from a state to all that follow it: every honest key is asked for everything, with every proof that the signatures
 * so far allow; the liar signs everything. Two states in which the keys, or the two blocks of a height, only have changed
 * places are one.
 */
export class RoundsMachine {
  readonly first: MachineState;
  readonly #plan: AskPlan;
  readonly #keys: Keys;
  readonly #options: MachineOptions;
  readonly #beginnings;
  readonly #choices: OpenChoices;
  readonly #images: Images;
  readonly #forgetting: Forgetting;
  readonly #certifiable: AskMask;
  readonly #scratch = new Scratch();

  constructor(plan: AskPlan, keys: Keys, options: MachineOptions) {
    assert(fitsFlags(plan), 'the extent fits the flags of a state');
    this.#plan = plan;
    this.#keys = keys;
    this.#options = options;
    this.#beginnings = beginningsOf(plan);
    this.#choices = new OpenChoices(plan);
    this.#images = new Images(plan, keys);
    this.#forgetting = new Forgetting(plan, keys, this.#beginnings);
    this.#certifiable = AskMask.of(plan.places.flatMap((each) => (each.isCertifiable ? [each.index] : [])));
    this.first = this.#images.least(this.#scratch);
  }

  /** The keys of a state. */
  keysOf([a, b, c]: MachineState): readonly [number, number, number] {
    return [this.#images.key(a), this.#images.key(b), this.#images.key(c)];
  }

  /** The state without what nothing can rest on any more: with it and without, all that follows is the same. */
  forgotten(state: MachineState): MachineState {
    this.#images.load(state, this.#scratch);
    this.#forgetting.forget(this.#scratch);
    return this.#images.least(this.#scratch);
  }

  /** @param forgets - Whether the states that follow forget too. */
  expand(state: MachineState, emit: (step: MachineStep) => void, forgets = this.#options.forgets): void {
    for (let at = 0; at < HONEST; at++) {
      // Two keys that are alike do the same: one of them is enough.
      if (at > 0 && state[at] === state[at - 1]) continue;
      for (const place of this.#plan.places) {
        const step = this.#stepOf(state, place, { at, forgets });
        if (step !== undefined) emit(step);
      }
    }
  }

  #stepOf(
    state: MachineState,
    place: AskPlace,
    { at, forgets }: { readonly at: number; readonly forgets: boolean },
  ): MachineStep | undefined {
    const [id = 0, known] = [state[at], state[HONEST]];
    if (this.#images.hasSigned(id, place.index)) return undefined;
    const next = this.#keys.next(this.#images.key(id), place.index, this.#shown(place, known));
    if (next === UNSIGNED) return undefined;
    const { index, isLeave, isDeciding } = place;
    const scratch = this.#scratch;
    this.#images.load(state, scratch);
    scratch.key[at] = next;
    const wasCertified = scratch.certified.has(index);
    scratch.sign(at, index);
    scratch.certify(this.#certifiable);
    const isNew = !wasCertified && scratch.certified.has(index);
    if (isLeave || isNew) this.#begin(place.height);
    const broken = isDeciding ? this.#decide(place, isNew) : undefined;
    if (forgets) this.#forgetting.forget(scratch);
    return { next: this.#images.least(scratch), at, ask: index, broken };
  }

  /** The best that a host can show: all that there is. */
  #shown({ proof, on, height, view, block }: AskPlace, known: number): number {
    const flags = this.#images.flags(known);
    const opening = height > 0 && isDecided(flags, height - 1) ? SHOWN.opening : SHOWN.nothing;
    const beginning = height * (this.#plan.views - 1) + view - 1;
    const isThere =
      proof === 'choice'
        ? view === 0 || (flags & openBit(beginning, block)) !== 0
        : on < 0 || this.#images.hasCertified(known, on);
    return opening | (isThere ? SHOWN.proof : SHOWN.nothing);
  }

  /** Opens what the leaves and certificates of now let views begin with. */
  #begin(height: number): void {
    const scratch = this.#scratch;
    for (const [at, beginning] of this.#beginnings.entries()) {
      if (beginning.height !== height || (scratch.flags & openBits(at)) === openBits(at)) continue;
      const left = scratch.bitsFrom(beginning.leaves, beginning.leaveCount);
      scratch.flags |= this.#choices.permitted(at, beginning, left, scratch.certified) << (2 * at);
    }
  }

  /** Notes a deciding vote. @returns The promise that it breaks. */
  #decide({ height, block }: AskPlace, isCertified: boolean): string | undefined {
    const scratch = this.#scratch;
    if (isCertified) scratch.flags |= decidedBit(height, block);
    if ((scratch.flags & decidedBit(height, 0)) !== 0 && (scratch.flags & decidedBit(height, 1)) !== 0)
      return FORK;
    if (!this.#options.isSplitBroken) return undefined;
    scratch.flags |= committedBit(height, block);
    const isSplit = [0, 1].every((each) => (scratch.flags & committedBit(height, each)) !== 0);
    return isSplit ? SPLIT : undefined;
  }
}
