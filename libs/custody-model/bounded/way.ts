import type { AskPlace, AskPlan } from './ask-places.ts';
import { type KeyBook, SHOWN, UNSIGNED, WAYS } from './key-book.ts';
import type { Beginning, OpenChoices } from './open-choices.ts';
import { FORK, SPLIT } from './rounds-machine.ts';
import { HONEST } from './scratch.ts';

export interface WalkOptions {
  readonly plan: AskPlan;
  readonly book: KeyBook;
  readonly isSplitBroken: boolean;
}

/** With the liar two honest keys are a quorum. */
const HONEST_QUORUM = 2;

/** A request that a key would sign, and the key after it. */
export interface Answer {
  readonly place: AskPlace;
  readonly next: number;
}

/** The start that all walks of one extent share. */
export interface Begun {
  readonly answered: Answered;
  readonly choices: OpenChoices;
  readonly beginnings: readonly Beginning[];
}

/** The requests that a key answers at all, whatever is shown to it. */
export class Answered {
  readonly #options: WalkOptions;
  readonly #known: (readonly AskPlace[])[] = [];

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  of(key: number): readonly AskPlace[] {
    const known = this.#known[key];
    if (known !== undefined) return known;
    const { plan, book } = this.#options;
    const ways = Array.from({ length: WAYS }, (_, shown) => shown);
    const found = plan.places.filter(({ index }) =>
      ways.some((shown) => book.next(key, index, shown) !== UNSIGNED),
    );
    this.#known[key] = found;
    return found;
  }
}

/** One walk: the keys, and every signature so far. */
export class Way {
  readonly keys: number[] = [0, 0, 0];
  readonly signed: { at: number; ask: number }[] = [];
  broken: string | undefined;
  readonly #options: WalkOptions;
  readonly #begun: Begun;
  readonly #votes: Uint8Array;
  /** Of each key, bits of the leaves that it signed, by beginning. */
  readonly #left: readonly number[][];
  /** Blocks that are open, by beginning. */
  readonly #open: number[];
  /** Of each height, bits of the blocks that are decided, and that an honest key gave the deciding vote. */
  readonly #decided: number[];
  readonly #committed: number[];

  constructor(options: WalkOptions, begun: Begun) {
    const { plan } = options;
    const count = begun.beginnings.length;
    this.#options = options;
    this.#begun = begun;
    this.#votes = new Uint8Array(plan.asks.length);
    this.#left = Array.from({ length: HONEST }, () => new Array<number>(count).fill(0));
    this.#open = new Array<number>(count).fill(0);
    this.#decided = new Array<number>(plan.heights).fill(0);
    this.#committed = new Array<number>(plan.heights).fill(0);
  }

  get decidedHeights(): number {
    return this.#decided.filter((blocks) => blocks !== 0).length;
  }

  /** Everything that the key would sign now. */
  answers(at: number): readonly Answer[] {
    const { book } = this.#options;
    const key = this.keys[at] ?? 0;
    const found: Answer[] = [];
    for (const place of this.#begun.answered.of(key)) {
      const next = book.next(key, place.index, this.#shown(place));
      if (next !== UNSIGNED) found.push({ place, next });
    }
    return found;
  }

  sign(at: number, { place, next }: Answer): void {
    const { index, height, view, isLeave } = place;
    this.keys[at] = next;
    this.signed.push({ at, ask: index });
    this.#votes[index] = (this.#votes[index] ?? 0) + 1;
    if (isLeave) this.#leave(at, this.#beginning(height, view + 1), index);
    for (const [which, beginning] of this.#begun.beginnings.entries()) {
      if (beginning.height === height) this.#begin(which, beginning);
    }
    if (place.isDeciding) this.broken = this.#decide(place);
  }

  has(ask: number): boolean {
    return (this.#votes[ask] ?? 0) >= HONEST_QUORUM;
  }

  #leave(at: number, which: number, ask: number): void {
    const [own, beginning] = [this.#left[at], this.#begun.beginnings[which]];
    if (own !== undefined && beginning !== undefined) {
      own[which] = (own[which] ?? 0) | (1 << (ask - beginning.leaves));
    }
  }

  #begin(which: number, beginning: Beginning): void {
    const left = this.#left.map((own) => own[which] ?? 0);
    this.#open[which] =
      (this.#open[which] ?? 0) | this.#begun.choices.permitted(which, beginning, left, this);
  }

  #beginning(height: number, view: number): number {
    return height * (this.#options.plan.views - 1) + view - 1;
  }

  #shown({ proof, on, height, view, block }: AskPlace): number {
    const opening = height > 0 && this.#decided[height - 1] !== 0 ? SHOWN.opening : SHOWN.nothing;
    const open = this.#open[this.#beginning(height, view)] ?? 0;
    const isThere = proof === 'choice' ? view === 0 || ((open >> block) & 1) === 1 : on < 0 || this.has(on);
    return opening | (isThere ? SHOWN.proof : SHOWN.nothing);
  }

  #decide({ index, height, block }: AskPlace): string | undefined {
    this.#committed[height] = (this.#committed[height] ?? 0) | (1 << block);
    if (this.has(index)) this.#decided[height] = (this.#decided[height] ?? 0) | (1 << block);
    if (this.#decided[height] === 3) return FORK;
    return this.#options.isSplitBroken && this.#committed[height] === 3 ? SPLIT : undefined;
  }
}
