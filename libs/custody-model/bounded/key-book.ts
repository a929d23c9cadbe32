import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { CustodyContext } from '#libs/custody/custody-context.ts';
import { type CustodyState, virginState } from '#libs/custody/custody-state.ts';
import { decide } from '#libs/custody/decide.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import type { Rules } from '#libs/custody/judge.ts';
import { learnCertified } from '#libs/custody/learn-certified.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { CHAIN, EPOCH } from '../rounds-asks.ts';
import { stateName } from '../state-name.ts';
import type { AskPlace, AskPlan } from './ask-places.ts';

/** The key refuses, or only says again what it said. */
export const UNSIGNED = -1;
const UNASKED = -2;

/** The proofs shown beside a request: its own, and that the height before is decided. Both bits at most. */
export const SHOWN = { nothing: 0, proof: 1, opening: 2, all: 3 } as const;
export const WAYS = 4;

export const MEMBERS = 4;
/** A liar, who leads every view of every height. */
export const LIAR = toMemberIndex(3);

/** The context of an honest key in a search of rounds: four members, the last of them the liar. */
export function roundsContext({ table }: Pick<AskPlan, 'table'>): CustodyContext {
  const validators = Array.from({ length: MEMBERS }, (_, index) => ({
    ...{ name: `m${index}`, publicKey: new Uint8Array([index]), weight: 1n },
  }));
  const root = { view: table.firstView, height: toHeight(0n), digest: CHAIN };
  return { table, set: validatorSet(EPOCH, validators), root, me: toMemberIndex(0), leader: () => LIAR };
}

/**
 * All that a key does, by number: `decide` of libs/custody answers once for each state, request and proof. With
 * `tellsApart` two states are two keys when any later answer could differ, and else also when their signatures do.
 */
export class KeyBook {
  readonly #plan: AskPlan;
  readonly #rules: Rules;
  readonly #context: CustodyContext;
  readonly #nameOf: (state: CustodyState) => string;
  readonly #ids = new Map<string, number>();
  readonly #states: CustodyState[] = [];
  readonly #answers: Int32Array[] = [];

  constructor(plan: AskPlan, rules: Rules, nameOf: (state: CustodyState) => string) {
    this.#plan = plan;
    this.#rules = rules;
    this.#nameOf = nameOf;
    this.#context = roundsContext(plan);
    this.#idOf(virginState({ chain: CHAIN, protocol: plan.table.protocol, epoch: EPOCH }));
  }

  get size(): number {
    return this.#states.length;
  }

  /** The custody state of a key. The first, 0, never signed. */
  state(key: number): CustodyState {
    const found = this.#states[key];
    if (found === undefined) throw new RangeError(`no key ${key}`);
    return found;
  }

  /** The key after it signed; UNSIGNED. */
  next(key: number, ask: number, shown: number): number {
    const answers = this.#answers[key];
    const known = answers?.[ask * WAYS + shown] ?? UNSIGNED;
    if (known !== UNASKED || answers === undefined) return known;
    const found = this.#asked(key, ask, shown);
    answers[ask * WAYS + shown] = found;
    return found;
  }

  #asked(key: number, index: number, shown: number): number {
    const [ask, place] = [this.#plan.asks[index], this.#plan.places[index]];
    if (ask === undefined || place === undefined) return UNSIGNED;
    const facts = factsShown(this.#plan, place, shown);
    const decision = decide(this.#context, this.state(key), ask.request, facts, this.#rules);
    return decision.kind === 'sign' ? this.#idOf(decision.nextState) : UNSIGNED;
  }

  #idOf(state: CustodyState): number {
    const name = this.#nameOf(state);
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#states.length;
    this.#ids.set(name, id);
    this.#states.push(state);
    this.#answers.push(new Int32Array(this.#plan.asks.length * WAYS).fill(UNASKED));
    return id;
  }
}

/** With the signatures too: a rule that is taken out may let a key sign below its mark, where they matter. */
export function fullName(state: CustodyState): string {
  return `${stateName(state)} ${[...state.signed].map(([slot, digest]) => `${slot}=${digest.slice(0, 8)}`).sort()}`;
}

/** The facts that a host shows with a request. The liar signed every proposal. */
function factsShown(
  { asks, table }: AskPlan,
  { index, on, proof, height }: AskPlace,
  shown: number,
): FactBook {
  const facts = new FactBook();
  const statement = asks[index]?.statement;
  if (statement === undefined) return facts;
  const { instance, view, block } = statement;
  if ((shown & SHOWN.opening) !== 0) facts.settled(BigInt(height));
  if (block !== undefined) facts.proposed({ kind: table.proposal, instance, view, ...block });
  if ((shown & SHOWN.proof) === 0) return facts;
  if (proof === 'choice') facts.chosen({ instance, view }, { only: undefined });
  const rests = asks[on]?.statement;
  if (rests?.block !== undefined) learnCertified(table, facts, { ...rests, ...rests.block });
  return facts;
}
