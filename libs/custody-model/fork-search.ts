import type { CustodyState } from '#libs/custody/custody-state.ts';
import { decide } from '#libs/custody/decide.ts';
import type { Rules } from '#libs/custody/judge.ts';
import { type Amnesia, forgotten } from './amnesia.ts';
import { forkFacts, neededBy } from './fork-facts.ts';
import { type ModelWorld, modelWorld, PHASES } from './model-world.ts';
import { taking } from './taking.ts';

export interface ModelOptions {
  readonly views: number;
  /** Signers that keep to the rules; all their hosts are hostile. */
  readonly honest: number;
  /** Keys that sign anything. */
  readonly liars: number;
  readonly quorum: number;
  readonly rules: Rules;
  /** The state that the first of the honest signers forgets. */
  readonly amnesia?: Amnesia;
  readonly isShortest?: boolean;
}

export interface ModelResult {
  /** States seen; up to the first fork. */
  readonly states: number;
  readonly hasForked: boolean;
  /** Signatures on the way to the fork; 0 without one. */
  readonly steps: number;
}

/** A signer in some state: its signatures, and its state in custody. Kept once for each name. */
interface SignerNode {
  readonly id: number;
  readonly state: CustodyState;
  /** Votes, by index of request. */
  readonly voted: readonly number[];
  /** The successor states, by request and facts. */
  readonly next: Map<string, SignerNode | undefined>;
}

/**
 * Searches all states that hostile hosts can bring honest signers to: in each state every request to every signer,
 * with every certificate that the signatures so far can form. The rules are `decide` of libs/custody itself.
 */
export function searchModel(options: ModelOptions): ModelResult {
  const search = new Search(modelWorld(options.views), options);
  return search.run();
}

class Search {
  readonly #world: ModelWorld;
  readonly #options: ModelOptions;
  readonly #nodes = new Map<string, SignerNode>();

  constructor(world: ModelWorld, options: ModelOptions) {
    this.#world = world;
    this.#options = options;
  }

  run(): ModelResult {
    const virgin = this.#node(this.#world.virgin, []);
    const first = Array.from({ length: this.#options.honest }, () => virgin);
    const seen = new Set([this.#name(first)]);
    const open: (readonly SignerNode[])[] = [first];
    const take = taking(open, this.#options.isShortest);
    for (let state = take(); state !== undefined; state = take()) {
      for (const next of this.#successors(state)) {
        const name = this.#name(next);
        if (seen.has(name)) continue;
        seen.add(name);
        if (this.#isForked(next)) return { states: seen.size, hasForked: true, steps: signaturesIn(next) };
        open.push(next);
      }
    }
    return { states: seen.size, hasForked: false, steps: 0 };
  }

  *#successors(signers: readonly SignerNode[]): Iterable<readonly SignerNode[]> {
    const certified = this.#certified(signers);
    for (const [position, signer] of signers.entries()) {
      // Two signers in the same state can do the same: one of them is enough, save the forgetful first.
      const isTwin = signers.indexOf(signer) !== position;
      if (isTwin && !(this.#options.amnesia !== undefined && position === 1)) continue;
      // The lowest request is tried first: it leaves the most to sign.
      for (let index = this.#world.requests.length - 1; index >= 0; index--) {
        const next = this.#after(signer, index, { certified, forgets: position === 0 });
        if (next !== undefined) yield signers.map((each, at) => (at === position ? next : each));
      }
    }
  }

  /** The signer after it signed request `index`; undefined when it refuses. */
  #after(
    signer: SignerNode,
    index: number,
    { certified, forgets }: { certified: readonly boolean[]; forgets: boolean },
  ): SignerNode | undefined {
    if (signer.voted.includes(index)) return undefined;
    const asked = this.#world.requests[index];
    if (asked === undefined) return undefined;
    const needed = neededBy(this.#world, index);
    const isShown = needed === undefined || certified[needed] === true;
    const key = `${index} ${isShown} ${forgets}`;
    if (signer.next.has(key)) return signer.next.get(key);
    const facts = forkFacts(this.#world, index, isShown);
    const { context } = this.#world;
    const before = forgets ? forgotten(signer.state, this.#options.amnesia) : signer.state;
    const decision = decide(context, before, asked.request, facts, this.#options.rules);
    const next =
      decision.kind === 'sign' ? this.#node(decision.nextState, [...signer.voted, index]) : undefined;
    signer.next.set(key, next);
    return next;
  }

  /** Tells for each request whether a quorum of votes for it can exist: the liars vote for everything. */
  #certified(signers: readonly SignerNode[]): readonly boolean[] {
    const { requests } = this.#world;
    const votes = new Array<number>(requests.length).fill(this.#options.liars);
    for (const { voted } of signers) for (const index of voted) votes[index] = (votes[index] ?? 0) + 1;
    return votes.map((count) => count >= this.#options.quorum);
  }

  #isForked(signers: readonly SignerNode[]): boolean {
    const certified = this.#certified(signers);
    const isFinal = (block: number) => certified[block * PHASES.length + PHASES.length - 1] === true;
    return this.#world.rivals.some((rivals, block) => isFinal(block) && rivals.some(isFinal));
  }

  #node(state: CustodyState, voted: readonly number[]): SignerNode {
    const mark = state.marks.get(0n);
    const sorted = voted.toSorted((a, b) => a - b);
    const name = `${sorted.join()} ${mark?.view}.${mark?.step} ${state.lock?.digest}`;
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node = { id: this.#nodes.size, state, voted: sorted, next: new Map() };
    this.#nodes.set(name, node);
    return node;
  }

  /** Honest signers are alike, save a forgetful first: their order does not matter. */
  #name(signers: readonly SignerNode[]): string {
    const ids = signers.map(({ id }) => id);
    if (this.#options.amnesia === undefined) return ids.sort((a, b) => a - b).join();
    const [first, ...rest] = ids;
    return [first, ...rest.sort((a, b) => a - b)].join();
  }
}

function signaturesIn(signers: readonly SignerNode[]): number {
  return signers.reduce((sum, { voted }) => sum + voted.length, 0);
}
